import { beforeAll, describe, expect, test } from 'vitest';
import { spanNamed, startCatcher, textAt, type Catcher, type CaughtSpan } from '../node/catcher';
import { startModel, type Outcome } from '../node/harness';
import { patience, program, python, run, until } from './harness';

interface Both {
  readonly here: Catcher;
  readonly there: Catcher;
  readonly outcome: Outcome;
}

interface Setting {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** True where the program's own exporter has our address. */
  readonly sameCollector?: boolean;
}

/** Runs a program that has a collector of its own and ours beside it. */
async function withOwnCollector({ args, env, sameCollector }: Setting): Promise<Both> {
  const [here, there] = await Promise.all([startCatcher(), startCatcher()]);
  const model = await startModel({ script: [{ answer: 'hello' }] });
  const collector = sameCollector ? here.endpoint : there.endpoint.replace('/w/token', '');
  const outcome = await run({
    args,
    env: { ...model.env, OWN_COLLECTOR: collector, OTEL_METRICS_EXPORTER: 'none', ...env },
    endpoint: here.endpoint,
  });
  await until(() => here.spans().length > 0 && here.spans().every((span) => !span.running));
  await Promise.all([here.close(), there.close(), model.close()]);
  return { here, there, outcome };
}

const namesOf = (spans: readonly CaughtSpan[]): readonly string[] =>
  spans.map((span) => span.name).sort();
const finished = (catcher: Catcher): readonly CaughtSpan[] =>
  catcher.reports.filter((span) => !span.running);
const localOnly = { GLASSBOX_LOCAL_ONLY: '1' };

describe.skipIf(python.missing)('Logfire with a collector named in code', () => {
  const args = [program('haiku.py')];
  let both: Both;
  beforeAll(async () => {
    both = await withOwnCollector({ args });
  }, patience);

  test('arrives whole here and there', () => {
    const { here, there, outcome } = both;
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('hello') as string });
    expect(namesOf(here.spans())).toEqual(namesOf(there.spans()));
    expect(namesOf(here.spans())).toEqual(
      expect.arrayContaining([
        'OpenAI Agents trace: {name}',
        'Agent run: {name!r}',
        'Responses API with {gen_ai.request.model!r}',
      ]),
    );
    const services = here.spans().map((span) => span.resource['service.name']);
    expect(new Set(services)).toEqual(new Set(['my-agent-service']));
    expect(here.spans()[0]?.resource['glassbox.run.id']).toBe('run-1');
  });

  test('has each span reported when it starts, here only', () => {
    const { here, there } = both;
    const started = new Set(here.reports.filter((one) => one.running).map((one) => one.spanId));
    expect(here.spans().every((span) => started.has(span.spanId))).toBe(true);
    expect(there.reports.every((report) => !report.running)).toBe(true);
  });

  test('has the bodies of the model call beside what Logfire says of it', () => {
    const call = spanNamed(both.here.spans(), 'Responses API with {gen_ai.request.model!r}');
    expect(textAt(call, 'glassbox.request.body')).toContain('You only answer in haikus.');
    expect(textAt(call, 'glassbox.response.body')).toContain('hello');
  });

  test('stays here alone where nothing may leave', { timeout: patience }, async () => {
    const { here, there, outcome } = await withOwnCollector({ args, env: localOnly });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(namesOf(here.spans())).toContain('Agent run: {name!r}');
    expect(there.paths).toEqual([]);
  });

  test('comes once where its own exporter sends here', { timeout: patience }, async () => {
    const { here } = await withOwnCollector({ args, env: localOnly, sameCollector: true });
    expect(namesOf(here.spans())).toContain('Agent run: {name!r}');
    // The model call comes again, for its bodies.
    const others = finished(here).filter((span) => !span.name.startsWith('Responses API'));
    expect(new Set(others.map((span) => span.spanId)).size).toBe(others.length);
  });
});

test.skipIf(python.missing)(
  'a run traced by OpenInference is not traced twice',
  { timeout: patience },
  async () => {
    const args = [program('haiku_openinference.py')];
    const { here, there, outcome } = await withOwnCollector({ args });
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('hello') as string });
    expect(here.spans().filter((span) => span.scope === 'glassbox')).toEqual([]);
    expect(namesOf(here.spans())).toEqual(namesOf(there.spans()));
    expect(namesOf(here.spans())).toContain('HaikuBot');
  },
);

const instrumentations = ['openinference', 'openllmetry', 'conventions', 'logfire', 'langfuse'];

describe.skipIf(python.missing)('a model call traced by', { timeout: patience }, () => {
  test.each(instrumentations)('%s is one span, here and there', async (name) => {
    const { here, there, outcome } = await withOwnCollector({
      args: [program('own_tracing.py'), name],
    });
    expect(outcome).toMatchObject({ code: 0, stdout: 'hello\n' });
    expect(namesOf(here.spans())).toHaveLength(1);
    expect(namesOf(here.spans())).toEqual(namesOf(there.spans()));
    expect(here.spans()[0]?.scope).not.toBe('glassbox');
    expect(here.reports.some((report) => report.running)).toBe(true);
  });

  test('Pydantic AI is left to it', async () => {
    const args = [program('own_tracing.py'), 'pydantic_ai'];
    const { here, there, outcome } = await withOwnCollector({ args });
    expect(outcome).toMatchObject({ code: 0, stdout: 'hello\n' });
    expect(here.spans().filter((span) => span.scope === 'glassbox')).toEqual([]);
    expect(namesOf(here.spans())).toEqual(namesOf(there.spans()));
    const call = spanNamed(here.spans(), 'chat gpt-5-mini');
    expect(textAt(call, 'glassbox.request.body')).toContain('hello');
  });

  test('an instrumentation that keeps the messages in log records brings those too', async () => {
    const args = [program('own_tracing.py'), 'events'];
    const env = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' };
    const { here, outcome } = await withOwnCollector({ args, env });
    expect(outcome).toMatchObject({ code: 0, stdout: 'hello\n' });
    expect(here.paths).toContain('/w/token/v1/logs');
  });

  test('nobody becomes a generation under the active span, here alone', async () => {
    const { here, there } = await withOwnCollector({
      args: [program('own_tracing.py'), 'nothing'],
    });
    expect(namesOf(here.spans())).toEqual(['chat gpt-5-mini', 'request']);
    const [request, call] = here.spans();
    expect(call).toMatchObject({ parentSpanId: request?.spanId, traceId: request?.traceId });
    expect(namesOf(there.spans())).toEqual(['request']);
  });

  test.each([...instrumentations, 'logfire_cloud'])(
    '%s goes nowhere else where nothing may leave',
    async (name) => {
      const { here, there } = await withOwnCollector({
        args: [program('own_tracing.py'), name],
        env: localOnly,
      });
      expect(here.spans()).toHaveLength(1);
      expect(there.paths.filter((path) => path.endsWith('/v1/traces'))).toEqual([]);
    },
  );
});
