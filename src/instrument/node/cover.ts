export type Method<T = unknown> = (this: T, ...args: unknown[]) => unknown;

/**
 * Replaces a method of a class by one made around it. Name, length and invisibility to enumeration
 * stay, so that only its source tells the two apart. A missing method is left missing.
 */
export function cover<T>(
  prototype: object,
  name: string,
  make: (original: Method<T>) => Method<T>,
): void {
  const original = (prototype as Record<string, unknown>)[name];
  if (typeof original !== 'function') return;
  const value = make(original as Method<T>);
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  Object.defineProperty(value, 'length', { value: original.length, configurable: true });
  Object.defineProperty(prototype, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}
