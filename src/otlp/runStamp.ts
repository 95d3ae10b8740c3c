import { decodeSpan, type DecodedSpan } from './decode';
import { encodeJson } from './fromJson';
import { resource as resourceSchema } from './schema';

const runKey = 'glassbox.run.id';

/**
 * Programs that set up their own tracing may leave out what `OTEL_RESOURCE_ATTRIBUTES` says, the
 * run among it; the path they were given still names it. Its attribute is added to the resource of
 * those that say nothing themselves.
 */
export function stampRun(items: readonly DecodedSpan[], runId: string): readonly DecodedSpan[] {
  const stamped = new Map<Uint8Array, Uint8Array>();
  return items.map((item) => {
    const { span, record } = item;
    if (span.resource.get(runKey) !== undefined) return item;
    const resource = stamped.get(record.resource) ?? withRun(record.resource, runId);
    stamped.set(record.resource, resource);
    const complete = { ...record, resource };
    return { span: decodeSpan(complete), record: complete };
  });
}

/** Two messages of one type end to end are one message with the lists of both. */
function withRun(resource: Uint8Array, runId: string): Uint8Array {
  const attributes = [{ key: runKey, value: { stringValue: runId } }];
  const added = encodeJson(resourceSchema, { attributes }, 64).body;
  return Buffer.concat([resource, added]);
}
