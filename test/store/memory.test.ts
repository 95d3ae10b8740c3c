import { createMemoryStore } from '../../src/store/memory';
import { derivedBy, reread } from './build';
import { storeContract } from './contract';

storeContract('memory', async (now) => {
  const store = createMemoryStore({ reread, derivedBy, now });
  return { store, reader: store, dispose: () => store.close() };
});
