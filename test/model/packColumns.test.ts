import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packColumns, toColumns, type TraceColumns } from '../../src/model/columns';
import { observationKinds, type ObservationSummary } from '../../src/model/observation';

const buffersOf = (columns: TraceColumns) =>
  Object.values(columns)
    .filter((value): value is Uint8Array => ArrayBuffer.isView(value))
    .map(({ buffer }) => buffer);

test('any columns are the same in one buffer, also on the other side of a thread', () => {
  const step = fc.record({
    from: fc.nat(1e9),
    length: fc.option(fc.nat(1e9)),
    parent: fc.nat(30),
    kind: fc.constantFrom(...observationKinds),
    cost: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
    name: fc.string(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const rows = steps.map((one, index): ObservationSummary => ({
        ...{ traceId: '1'.repeat(32), spanId: index.toString(16).padStart(16, '0') },
        parentSpanId: one.parent < index ? one.parent.toString(16).padStart(16, '0') : undefined,
        ...{ kind: one.kind, name: one.name, level: 'info', ai: true },
        startTime: one.from,
        endTime: one.length === null ? undefined : one.from + one.length,
        status: one.length === null ? 'running' : 'ok',
        cost: one.cost === null ? undefined : { total: one.cost },
      }));
      const columns = toColumns(rows);
      const packed = packColumns(columns);
      expect(packed).toEqual(columns);
      expect(new Set(buffersOf(packed)).size).toBe(1);
      const crossed = structuredClone(packed);
      expect(crossed).toEqual(columns);
      expect(new Set(buffersOf(crossed)).size).toBe(1);
    }),
  );
});
