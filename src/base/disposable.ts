export interface Disposable {
  dispose(): void;
}

/**
 * A list of things that die together, last made first. Register at the moment of creation: what
 * is added after the end is disposed at once.
 */
export class Disposables implements Disposable {
  private readonly items: Disposable[] = [];
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) item.dispose();
    else this.items.push(item);
    return item;
  }

  defer(dispose: () => void): void {
    this.add({ dispose });
  }

  dispose(): void {
    this.disposed = true;
    for (let item = this.items.pop(); item; item = this.items.pop()) item.dispose();
  }
}
