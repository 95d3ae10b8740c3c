import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLogs, decodeTraces } from '../../src/otlp/decode';
import {
  encodeExportResponse,
  encodeLogs,
  encodeStatus,
  encodeTraces,
  exportResponseJson,
} from '../../src/otlp/encode';
import { WireWriter } from '../../src/otlp/wireWriter';
import { decodeMessage, encodeMessage } from './oracle';

const bytes = fc.uint8Array({ maxLength: 300 });
const record = fc.record({ span: bytes, resource: bytes, scope: bytes });

describe('requests', () => {
  test('a request holds the very bytes of its spans, once each', () => {
    const resource = encodeMessage('Resource', { droppedAttributesCount: 1 });
    const scope = (name: string) => encodeMessage('InstrumentationScope', { name });
    const span = (id: number) =>
      encodeMessage('Span', { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, id) });
    const records = [
      { span: span(1), resource, scope: scope('a') },
      { span: span(2), resource: new Uint8Array(), scope: scope('a') },
      { span: span(3), resource: Uint8Array.from(resource), scope: scope('b') },
      { span: span(4), resource, scope: scope('a') },
    ];
    const decoded = decodeTraces(encodeTraces(records));
    if ('malformed' in decoded) throw new Error(decoded.malformed);
    const order = [0, 3, 2, 1].map((i) => records[i]!);
    expect(decoded.items.map((item) => plain(item.record))).toEqual(order.map(plain));
    const request = decodeMessage('ExportTraceServiceRequest', encodeTraces(records));
    expect(
      (request.resourceSpans as { scopeSpans: object[] }[]).map((r) => r.scopeSpans.length),
    ).toEqual([2, 1]);
  });

  test('any bytes are framed so that they can be told apart again', () => {
    fc.assert(
      fc.property(fc.array(record), (records) => {
        expect(() => decodeTraces(encodeTraces(records))).not.toThrow();
      }),
    );
  });

  test('log records', () => {
    const log = encodeMessage('LogRecord', { traceId: Buffer.alloc(16, 1), severityText: 'x' });
    const decoded = decodeLogs(
      encodeLogs([{ log, resource: new Uint8Array(), scope: new Uint8Array() }]),
    );
    expect('items' in decoded && plain(decoded.items[0]!.record).log).toEqual(Buffer.from(log));
  });

  function plain(record: object): Record<string, Buffer> {
    return Object.fromEntries(
      Object.entries(record).map(([key, value]) => [key, Buffer.from(value as Uint8Array)]),
    );
  }
});

describe('responses', () => {
  test('full success has no bytes', () => {
    expect(encodeExportResponse(0, '')).toHaveLength(0);
    expect(exportResponseJson('traces', 0, '')).toEqual({});
  });

  test('partial success', () => {
    const decoded = decodeMessage(
      'ExportTraceServiceResponse',
      encodeExportResponse(300, 'bad ids'),
    );
    expect(decoded).toEqual({ partialSuccess: { rejectedSpans: '300', errorMessage: 'bad ids' } });
    expect(exportResponseJson('logs', 2, 'no')).toEqual({
      partialSuccess: { rejectedLogRecords: '2', errorMessage: 'no' },
    });
  });

  test('a warning rejects nothing', () => {
    const decoded = decodeMessage('ExportTraceServiceResponse', encodeExportResponse(0, 'hm'));
    expect(decoded).toEqual({ partialSuccess: { errorMessage: 'hm' } });
  });

  test('a status', () => {
    expect(decodeMessage('RpcStatus', encodeStatus(3, 'ä'))).toEqual({ code: 3, message: 'ä' });
  });
});

describe('the writer', () => {
  test.each([0, 1, 126, 127, 128, 16383, 16384, 2_097_152])('a message of %i bytes', (size) => {
    const writer = new WireWriter(0);
    writer.message(1, () => writer.message(2, () => writer.bytes(1, new Uint8Array(size))));
    const decoded = decodeMessage('ArrayValue', writer.finish());
    expect(decoded.values).toHaveLength(1);
  });

  test('integers as protobufjs writes them', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => {
        const writer = new WireWriter();
        writer.int64(3, n);
        expect(decodeMessage('AnyValue', writer.finish())).toEqual({ intValue: n.toString() });
      }),
    );
  });

  test('an unpaired surrogate becomes a replacement character', () => {
    const writer = new WireWriter();
    writer.text(1, 'a\ud800b');
    expect(decodeMessage('AnyValue', writer.finish())).toEqual({ stringValue: 'a\ufffdb' });
  });
});
