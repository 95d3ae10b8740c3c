import type { Log } from '../base/log';
import { setPriceOverrides } from '../dialects/observe';
import { Indexer } from './indexer';
import type { IndexService } from './services';

/** The index thread's service: follows a store that this process owns. */
export function createIndexService(log: Log): IndexService {
  let indexer: Indexer | undefined;
  return {
    async open(file, prices) {
      setPriceOverrides(prices);
      indexer?.dispose();
      indexer = undefined;
      indexer = Indexer.open({ file, log });
      indexer?.wake(0);
    },
    wake: async () => indexer?.wake(),
    async close() {
      indexer?.dispose();
      indexer = undefined;
    },
  };
}
