import { readCheckout, type Checkout } from '../base/git';

/** Of what comes after a pause of this length, the checkout may be another one. */
const pauseMs = 2000;
/** While spans keep coming: starting git holds up the thread that receives them. */
const freshForMs = 10_000;

/** The checkout of the workspace's folder, looked at again when the last look is old. */
export class GitStamp {
  private last:
    { readonly at: number; readonly checkout: Promise<Checkout | undefined> } | undefined;

  private askedAt = 0;

  constructor(private readonly folder: string | undefined) {}

  async read(): Promise<Checkout | undefined> {
    if (this.folder === undefined) return undefined;
    const now = Date.now();
    const paused = now - this.askedAt > pauseMs;
    this.askedAt = now;
    if (!this.last || paused || now - this.last.at > freshForMs) {
      this.last = { at: now, checkout: readCheckout(this.folder) };
    }
    return this.last.checkout;
  }
}
