import type { Added, LogDelivery, SpanDelivery } from '../store/traceStore';

/**
 * Gathers what several requests bring within one turn of the loop into one transaction: small
 * live requests then cost a row each instead of a commit each. Every request still resolves only
 * after its commit.
 */

export interface Delivery {
  readonly spans: readonly SpanDelivery[];
  readonly logs: readonly LogDelivery[];
}

interface Waiting {
  readonly delivery: Delivery;
  readonly resolve: (added: Added) => void;
  readonly reject: (error: unknown) => void;
}

export class Committer {
  private waiting: Waiting[] = [];
  private scheduled = false;

  constructor(private readonly write: (delivery: Delivery) => Promise<Added>) {}

  commit(delivery: Delivery): Promise<Added> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ delivery, resolve, reject });
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => void this.flush());
    });
  }

  private async flush(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    this.scheduled = false;
    const spans = batch.flatMap(({ delivery }) => delivery.spans);
    const logs = batch.flatMap(({ delivery }) => delivery.logs);
    try {
      const added = await this.write({ spans, logs });
      for (const { resolve } of batch) resolve(added);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
