import type { Attributes } from '../model/span';
import type { Value } from '../model/value';
import { internedText, tagOf, WireReader } from '../base/wire';
import { buildIndex, keyIndexOf, type KeyIndex } from './keyIndex';

/** Attributes of one span, event, scope or resource beyond this many are cut. */
export const attributeLimit = 10_000;

/** Lists and maps inside one another; what lies deeper is cut. */
export const depthLimit = 64;

/** What stands in place of a value that lies too deep. */
export const tooDeep = `[cut: nested deeper than ${depthLimit} levels]`;

/** The attribute that says how many attributes were cut; not sent by anyone. */
export const cutAttributesKey = 'glassbox.cut.attributes';

const keyTag = tagOf.bytes(1);
const valueTag = tagOf.bytes(2);
const elementTag = tagOf.bytes(1);

const anyValue = {
  string: tagOf.bytes(1),
  bool: tagOf.varint(2),
  int: tagOf.varint(3),
  double: tagOf.fixed64(4),
  array: tagOf.bytes(5),
  map: tagOf.bytes(6),
  bytes: tagOf.bytes(7),
} as const;

/**
 * Attributes as byte ranges of a message. `add` is called at each `KeyValue`; it checks the
 * structure all the way down, so that nothing is found broken later, but makes no string and
 * no value. Those are made when asked for, once.
 */
export class WireAttributes implements Attributes {
  /** Per attribute: where its key begins and ends, where its value begins and ends. */
  private readonly ranges: number[] = [];
  private index: KeyIndex | undefined;
  private readonly values: (Value | undefined)[] = [];
  private excess = 0;
  private deep = 0;

  constructor(private readonly buffer: Buffer) {}

  /** How many attributes were cut, wholly or in their depths. */
  get cut(): number {
    return this.excess + this.deep;
  }

  /** Takes in the `KeyValue` the reader stands at. */
  add(reader: WireReader): void {
    const outer = reader.enter();
    let keyStart = 0;
    let keyEnd = 0;
    let valueStart = 0;
    let valueEnd = 0;
    let deep = false;
    while (reader.next()) {
      if (reader.tag === keyTag) {
        reader.bytes();
        keyStart = reader.start;
        keyEnd = reader.end;
      } else if (reader.tag === valueTag) {
        const valueOuter = reader.enter();
        valueStart = reader.position;
        deep = !checkValue(reader, 0);
        valueEnd = reader.position;
        reader.leave(valueOuter);
      } else reader.skip();
    }
    reader.leave(outer);
    if (reader.failed) return;
    if (this.ranges.length >= attributeLimit * 4) this.excess++;
    else {
      this.ranges.push(keyStart, keyEnd, valueStart, valueEnd);
      if (deep) this.deep++;
    }
  }

  get(key: string): Value | undefined {
    const number = this.indexed().get(key);
    if (number === undefined) return undefined;
    return (this.values[number] ??= this.decode(number));
  }

  keys(): Iterable<string> {
    return this.indexed().keys();
  }

  private indexed(): KeyIndex {
    return (this.index ??=
      this.excess > 0 ? this.cutIndex() : keyIndexOf(this.buffer, this.ranges));
  }

  private cutIndex(): KeyIndex {
    const count = this.ranges.length / 4;
    this.values[count] = this.excess;
    return buildIndex(this.buffer, this.ranges).set(cutAttributesKey, count);
  }

  private decode(number: number): Value {
    const start = this.ranges[number * 4 + 2] ?? 0;
    const end = this.ranges[number * 4 + 3] ?? 0;
    return readValue(new WireReader(this.buffer, start, end), 0);
  }
}

/** Checks the `AnyValue` the reader is in; false where something lies too deep. */
export function checkValue(reader: WireReader, depth: number): boolean {
  let shallow = true;
  while (reader.next()) {
    if (reader.tag !== anyValue.array && reader.tag !== anyValue.map) reader.skip();
    else if (depth >= depthLimit) {
      shallow = false;
      reader.skip();
    } else if (!checkElements(reader, depth)) shallow = false;
  }
  return shallow;
}

function checkElements(reader: WireReader, depth: number): boolean {
  const isMap = reader.tag === anyValue.map;
  let shallow = true;
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.tag !== elementTag) reader.skip();
    else {
      const elementOuter = reader.enter();
      const fine = isMap ? checkPair(reader, depth + 1) : checkValue(reader, depth + 1);
      if (!fine) shallow = false;
      reader.leave(elementOuter);
    }
  }
  reader.leave(outer);
  return shallow;
}

function checkPair(reader: WireReader, depth: number): boolean {
  let shallow = true;
  while (reader.next()) {
    if (reader.tag !== valueTag) reader.skip();
    else {
      const outer = reader.enter();
      if (!checkValue(reader, depth)) shallow = false;
      reader.leave(outer);
    }
  }
  return shallow;
}

/** The value of the `AnyValue` the reader is in: of several fields the last one holds. */
export function readValue(reader: WireReader, depth: number): Value {
  let value: Value = null;
  while (reader.next()) {
    switch (reader.tag) {
      case anyValue.string:
        reader.bytes();
        value = reader.buffer.toString('utf8', reader.start, reader.end);
        break;
      case anyValue.bool:
        value = reader.int64() !== 0;
        break;
      case anyValue.int:
        value = reader.int64();
        break;
      case anyValue.double:
        value = reader.double();
        break;
      case anyValue.array:
      case anyValue.map:
        value = readElements(reader, depth);
        break;
      case anyValue.bytes:
        reader.bytes();
        value = Uint8Array.from(reader.buffer.subarray(reader.start, reader.end));
        break;
      default:
        reader.skip();
    }
  }
  return value;
}

function readElements(reader: WireReader, depth: number): Value {
  if (depth >= depthLimit) {
    reader.skip();
    return tooDeep;
  }
  const list: Value[] = [];
  const map: Record<string, Value> = Object.create(null) as Record<string, Value>;
  const isMap = reader.tag === anyValue.map;
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.tag !== elementTag) reader.skip();
    else {
      const elementOuter = reader.enter();
      if (isMap) readPair(reader, map, depth + 1);
      else list.push(readValue(reader, depth + 1));
      reader.leave(elementOuter);
    }
  }
  reader.leave(outer);
  return isMap ? map : list;
}

function readPair(reader: WireReader, map: Record<string, Value>, depth: number): void {
  let key = '';
  let value: Value = null;
  while (reader.next()) {
    if (reader.tag === keyTag) {
      reader.bytes();
      key = internedText(reader.buffer, reader.start, reader.end);
    } else if (reader.tag === valueTag) {
      const outer = reader.enter();
      value = readValue(reader, depth);
      reader.leave(outer);
    } else reader.skip();
  }
  map[key] = value;
}
