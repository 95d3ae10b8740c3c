import { createMemoryStore } from '../../src/store/memory';
import { derivedBy, reread } from './build';
import { storeContract, type OpenPair } from './contract';
import { filterContract } from './filterContract';
import { scoreContract } from './scoreContract';

const open: OpenPair = async (now) => {
  const store = createMemoryStore({ reread, derivedBy, now });
  return { store, reader: store, dispose: () => store.close() };
};

storeContract('memory', open);
filterContract('memory', open);
scoreContract('memory', open);
