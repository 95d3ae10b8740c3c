import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { spanNamed, startCatcher, treeOf, type CaughtSpan, type Catcher } from './catcher';
import { program, programIn, run, startModel, type Outcome } from './harness';

interface Beside {
  readonly ours: readonly CaughtSpan[];
  readonly theirs: readonly CaughtSpan[];
  readonly outcome: Outcome;
}

/** Runs the app with a collector of its own, beside us or where nothing of ours is. */
async function beside(env: Record<string, string>, hooked: boolean): Promise<Beside> {
  const [ours, theirs] = await Promise.all([startCatcher(), startCatcher()]);
  const model = await startModel({ script: [{ answer: 'hello' }] });
  const outcome = await run({
    args: [program('own-otel.mjs')],
    env: { ...model.env, COLLECTOR: `${theirs.endpoint}/v1/traces`, ...env },
    ...(hooked ? { endpoint: ours.endpoint } : {}),
  });
  await Promise.all([ours.close(), theirs.close(), model.close()]);
  return { ours: ours.spans(), theirs: theirs.spans(), outcome };
}

/** What stays the same from run to run. */
function lasting(spans: Catcher['reports'] | readonly CaughtSpan[]): unknown {
  return spans.map(({ name, scope, attributes, resource, parentSpanId }) => ({
    ...{ name, scope, attributes, root: parentSpanId === undefined },
    service: resource['service.name'],
  }));
}

test('a collector of the program gets exactly what it got before', async () => {
  const plain = await beside({}, false);
  const hooked = await beside({}, true);
  expect(hooked.outcome).toMatchObject({ code: 0, stdout: '', stderr: plain.outcome.stderr });
  expect(lasting(hooked.theirs)).toEqual(lasting(plain.theirs));
  expect(plain.theirs.map((span) => span.name)).toContain('tcp.connect');
});

test('its spans are copied here, and our generation lies under its active span', async () => {
  const { ours } = await beside({}, true);
  const handle = spanNamed(ours, 'handle');
  expect(spanNamed(ours, 'chat gpt-5-mini')).toMatchObject({
    traceId: handle.traceId,
    parentSpanId: handle.spanId,
    running: false,
  });
  expect(spanNamed(ours, 'after').parentSpanId).toBe(handle.spanId);
  expect(handle).toMatchObject({
    attributes: { 'app.user': 'alice' },
    resource: { 'service.name': 'my-app', 'glassbox.run.id': 'run-1' },
  });
  expect(treeOf(ours)).not.toContain('running');
});

test('where its exporter already sends here nothing is copied', async () => {
  const catcher = await startCatcher();
  const model = await startModel({ script: [{ answer: 'hello' }] });
  await run({
    args: [program('own-otel.mjs')],
    env: { ...model.env, OTEL_EXPORTER_OTLP_ENDPOINT: catcher.endpoint },
    endpoint: catcher.endpoint,
  });
  await Promise.all([catcher.close(), model.close()]);
  const reports = catcher.reports.filter((report) => report.name === 'handle');
  expect(reports.map((report) => report.running)).toEqual([false]);
  expect(spanNamed(catcher.spans(), 'chat gpt-5-mini').parentSpanId).toBe(reports[0]?.spanId);
});

test('local only: nothing goes to the other collector, all of it comes here', async () => {
  const { ours, theirs, outcome } = await beside({ GLASSBOX_LOCAL_ONLY: '1' }, true);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(theirs).toEqual([]);
  expect(ours.map((span) => span.name)).toEqual(
    expect.arrayContaining(['handle', 'chat gpt-5-mini', 'after']),
  );
});

const older = '.cache/sdks/otel-1';

test.runIf(existsSync(older))('OpenTelemetry 1.x with an older API is no different', async () => {
  const catcher = await startCatcher();
  const model = await startModel({ script: [{ answer: 'hello' }] });
  const args = [programIn(older, 'own-otel-1.cjs')];
  const env = { ...model.env, SDK: resolve('.') };
  const { stdout, stderr } = await run({ args, env, endpoint: catcher.endpoint });
  await Promise.all([catcher.close(), model.close()]);
  expect({ stdout, stderr }).toEqual({ stdout: 'after,handle\n', stderr: '' });
  expect(treeOf(catcher.spans())).toBe(`span handle
  generation chat gpt-5-mini
  span after`);
});
