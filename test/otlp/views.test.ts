import { describe, expect, test } from 'vitest';
import { uniteSpans } from '../../src/model/span';
import { decodeLog, decodeSpan } from '../../src/otlp/decode';
import { encodeMessage, frame } from './oracle';

/** What a view makes of bytes that no well-behaved sender writes. */

const none = new Uint8Array();
const traceId = Buffer.alloc(16, 0xab);
const spanId = Buffer.alloc(8, 0xcd);

function spanOf(...parts: readonly (Uint8Array | object)[]) {
  const bytes = parts.map((part) =>
    part instanceof Uint8Array ? part : encodeMessage('Span', part),
  );
  return decodeSpan({ span: Buffer.concat(bytes), resource: none, scope: none });
}

function logOf(record: object) {
  return decodeLog({ log: encodeMessage('LogRecord', record), resource: none, scope: none });
}

function attribute(key: string, value: object): Buffer {
  return frame(9, encodeMessage('KeyValue', { key, value }));
}

describe('a span', () => {
  test('without anything is empty, not broken', () => {
    expect(spanOf(none)).toMatchObject({
      traceId: '',
      spanId: '',
      parentSpanId: undefined,
      name: '',
      role: 'unspecified',
      startTime: 0,
      endTime: undefined,
      status: 'unset',
      statusMessage: '',
      events: [],
      links: [],
      droppedAttributes: 0,
      scope: { name: '', version: '' },
    });
  });

  test.each([
    [0, 'unspecified'],
    [1, 'internal'],
    [2, 'server'],
    [3, 'client'],
    [4, 'producer'],
    [5, 'consumer'],
    [6, 'unspecified'],
    [-1, 'unspecified'],
  ])('of kind %i is %s', (kind, role) => {
    expect(spanOf({ kind }).role).toBe(role);
  });

  test.each([
    [0, 'unset'],
    [1, 'ok'],
    [2, 'error'],
    [3, 'unset'],
    [-1, 'unset'],
  ])('with status code %i is %s', (code, status) => {
    expect(spanOf({ status: { code } }).status).toBe(status);
  });

  test('whose scalars come twice has the later ones', () => {
    const span = spanOf(
      { name: 'first', status: { message: 'kept', code: 1 } },
      { name: 'second', status: { code: 2 } },
    );
    expect(span).toMatchObject({ name: 'second', status: 'error', statusMessage: 'kept' });
  });

  test('whose attribute comes twice has the later value, under one key', () => {
    const span = spanOf(
      attribute('k', { intValue: 1 }),
      { name: 'n' },
      attribute('k', { intValue: 2 }),
    );
    expect([...span.attributes.keys()]).toEqual(['k']);
    expect(span.attributes.get('k')).toBe(2);
  });

  test('ignores fields it does not know, and known ones in another wire type', () => {
    const unknown = frame(14, Buffer.from('future'));
    const nameAsNumber = Buffer.from([5 << 3, 7]);
    const idAsNumber = Buffer.from([1 << 3, 7]);
    const span = spanOf({ traceId, name: 'n' }, unknown, nameAsNumber, idAsNumber);
    expect(span).toMatchObject({ traceId: traceId.toString('hex'), name: 'n' });
  });

  test('takes the last of several values in one', () => {
    const value = Buffer.concat([
      encodeMessage('AnyValue', { stringValue: 'first' }),
      encodeMessage('AnyValue', { intValue: 5 }),
    ]);
    const pair = Buffer.concat([frame(1, Buffer.from('k')), frame(2, value)]);
    expect(spanOf(frame(9, pair)).attributes.get('k')).toBe(5);
  });

  test('has an attribute of null where a key has no value, none where there is no key', () => {
    const span = spanOf(frame(9, frame(1, Buffer.from('k'))), frame(9, none));
    expect(span.attributes.get('k')).toBeNull();
    expect(span.attributes.get('')).toBeNull();
    expect(span.attributes.get('other')).toBeUndefined();
  });

  test('reads a value once', () => {
    const span = spanOf(attribute('list', { arrayValue: { values: [{ intValue: 1 }] } }));
    expect(span.attributes.get('list')).toBe(span.attributes.get('list'));
    const event = encodeMessage('Event', { name: 'e' });
    const withEvent = spanOf(frame(11, event));
    expect(withEvent.events).toBe(withEvent.events);
  });

  test('whose bytes break off keeps what came before', () => {
    const whole = encodeMessage('Span', { traceId, spanId, name: 'kept' });
    const span = spanOf(whole, attribute('k', { intValue: 1 }), Buffer.from([0x4a, 0x7f, 0x0a]));
    expect(span).toMatchObject({ name: 'kept', spanId: spanId.toString('hex') });
    expect(span.attributes.get('k')).toBe(1);
  });

  test('is united with its earlier delivery', () => {
    const running = spanOf({ traceId, spanId, name: 'chat' }, attribute('early', { intValue: 1 }));
    const done = spanOf(
      { traceId, spanId, name: 'chat', endTimeUnixNano: '5000', status: { code: 2 } },
      attribute('late', { intValue: 2 }),
    );
    const united = uniteSpans([running, done]);
    expect(united).toMatchObject({ name: 'chat', endTime: 5, status: 'error' });
    expect([united.attributes.get('early'), united.attributes.get('late')]).toEqual([1, 2]);
  });

  test('has the scope and resource it was sent with', () => {
    const attributes = [{ key: 'k', value: { stringValue: 'v' } }];
    const span = decodeSpan({
      span: none,
      resource: encodeMessage('Resource', { attributes, droppedAttributesCount: 3 }),
      scope: encodeMessage('InstrumentationScope', { name: 's', version: '1', attributes }),
    });
    expect(span.resource.get('k')).toBe('v');
    expect(span.scope).toMatchObject({ name: 's', version: '1' });
    expect(span.scope.attributes.get('k')).toBe('v');
  });

  test('ids of links and events that are wrong are empty', () => {
    const link = encodeMessage('Link', { traceId: spanId, spanId: Buffer.alloc(8) });
    expect(spanOf(frame(13, link)).links).toMatchObject([{ traceId: '', spanId: '' }]);
  });
});

describe('a log record', () => {
  test.each([
    [{ timeUnixNano: '5000', observedTimeUnixNano: '7000' }, 5],
    [{ observedTimeUnixNano: '7000' }, 7],
    [{}, 0],
  ])('%j is of microsecond %i', (record, time) => {
    expect(logOf(record).time).toBe(time);
  });

  const named = (value: object) => [{ key: 'event.name', value }];

  test.each([
    [{ eventName: 'field', attributes: named({ stringValue: 'attribute' }) }, 'field'],
    [{ attributes: named({ stringValue: 'attribute' }) }, 'attribute'],
    [{ attributes: [{ key: 'event_name', value: { stringValue: 'underscore' } }] }, 'underscore'],
    [{ attributes: named({ intValue: 5 }) }, ''],
    [{}, ''],
  ])('%j is the event %j', (record, name) => {
    expect(logOf(record).eventName).toBe(name);
  });

  test.each([
    [{ stringValue: 'text' }, 'text'],
    [{ kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }] } }, { a: true }],
    [{}, null],
  ])('with the body %j says %j', (body, read) => {
    expect(logOf({ body }).body).toEqual(read);
  });

  test('without a body has none', () => {
    expect(logOf({}).body).toBeUndefined();
  });

  test('whose bytes break off keeps what came before', () => {
    const whole = encodeMessage('LogRecord', { traceId, severityNumber: 9 });
    const log = decodeLog({
      log: Buffer.concat([whole, Buffer.from([0x2a, 0x7f])]),
      resource: Buffer.from([0xff]),
      scope: Buffer.from([0xff]),
    });
    expect(log).toMatchObject({ traceId: traceId.toString('hex'), severity: 9 });
    expect([...log.resource.keys()]).toEqual([]);
  });
});
