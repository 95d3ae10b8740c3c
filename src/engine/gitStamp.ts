import { readCheckout, type Checkout } from '../base/git';

const freshForMs = 2000;

/** The checkout of the workspace's folder, looked at again when the last look is old. */
export class GitStamp {
  private last:
    { readonly at: number; readonly checkout: Promise<Checkout | undefined> } | undefined;

  constructor(private readonly folder: string | undefined) {}

  async read(): Promise<Checkout | undefined> {
    if (this.folder === undefined) return undefined;
    const now = Date.now();
    if (!this.last || now - this.last.at > freshForMs) {
      this.last = { at: now, checkout: readCheckout(this.folder) };
    }
    return this.last.checkout;
  }
}
