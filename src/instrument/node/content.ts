import type { Attributes } from '@opentelemetry/api';
import { toJsonText } from './json';

/** Characters kept of one attribute, and of all content of one span: a post must stay under 64 MiB. */
const attributeLimit = 20 * 1024 * 1024;
const spanLimit = 46 * 1024 * 1024;

/** Collects the content of a span as text, cutting what is too large and saying by how much. */
export class Content {
  readonly attributes: Attributes = {};
  private left = spanLimit;
  private readonly cuts: Record<string, number> = {};

  /** Text as it is. */
  text(key: string, text: string | undefined): this {
    if (text === undefined) return this;
    const limit = Math.min(attributeLimit, this.left);
    if (text.length > limit) this.cuts[key] = text.length - limit;
    return this.put(key, text.length > limit ? text.slice(0, limit) : text);
  }

  /** Any value as JSON text; undefined is left out. */
  json(key: string, value: unknown): this {
    if (value === undefined) return this;
    const { text, cut } = toJsonText(value, Math.min(attributeLimit, this.left));
    if (cut > 0) this.cuts[key] = cut;
    return this.put(key, text);
  }

  /** Text that may be JSON already: it is kept as it is when it looks so. */
  jsonOrText(key: string, value: unknown): this {
    if (typeof value !== 'string') return this.json(key, value);
    return isJson(value) ? this.text(key, value) : this.json(key, value);
  }

  /** What was cut before it came here. */
  alreadyCut(key: string, dropped: number): this {
    if (dropped > 0) {
      this.cuts[key] = (this.cuts[key] ?? 0) + dropped;
      this.attributes['glassbox.cut'] = JSON.stringify(this.cuts);
    }
    return this;
  }

  set(key: string, value: Attributes[string]): this {
    if (value !== undefined) this.attributes[key] = value;
    return this;
  }

  private put(key: string, text: string): this {
    this.left -= text.length;
    this.attributes[key] = text;
    if (Object.keys(this.cuts).length > 0) {
      this.attributes['glassbox.cut'] = JSON.stringify(this.cuts);
    }
    return this;
  }
}

function isJson(text: string): boolean {
  if (text.length > attributeLimit) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
