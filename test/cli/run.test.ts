import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TraceWithObservations } from '../../src/model/trace';
import { Desk, finish } from './glassbox';

let desk: Desk;
beforeEach(() => (desk = new Desk()));
afterEach(() => desk.dispose());

interface RunJson {
  readonly runId: string;
  readonly exitCode: number;
  readonly traces: readonly TraceWithObservations[];
}

/** A program that sends one span with the exporter variables alone, as any OpenTelemetry SDK. */
function sender(end = "'1790000001000000000'", resource = 'attributes'): string {
  const file = join(desk.folder, 'sender.mjs');
  writeFileSync(
    file,
    `const resource = process.env.OTEL_RESOURCE_ATTRIBUTES.split(',').map((pair) => pair.split('='));
const attributes = resource.map(([key, value]) => ({ key, value: { stringValue: decodeURIComponent(value) } }));
await fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ resourceSpans: [{ resource: { attributes: ${resource} }, scopeSpans: [{ spans: [{
    traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', name: 'work', kind: 1,
    startTimeUnixNano: '1790000000000000000', endTimeUnixNano: ${end} }] }] }] }),
});
console.log('child output');
`,
  );
  return file;
}

describe('run', () => {
  test('prints the tree of what the child did, after what it printed itself', async () => {
    const { code, stdout } = await desk.run(['run', '--', 'node', sender()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^child output\n/);
    expect(stdout).toMatch(/└─ span +work {2}1 s/);
  });

  test('--json keeps stdout for itself and links the trace to its run', async () => {
    const { code, stdout, stderr } = await desk.run(['run', '--json', '--', 'node', sender()]);
    const result = JSON.parse(stdout) as RunJson;
    expect(code).toBe(0);
    expect(stderr).toContain('child output');
    expect(result.exitCode).toBe(0);
    expect(result.traces).toHaveLength(1);
    expect(result.traces[0]).toMatchObject({ name: 'work', run: { runId: result.runId } });
    expect(result.traces[0]?.observations).toHaveLength(1);
  });

  test('a program that says nothing of its environment is linked to its run all the same', async () => {
    const silent = sender(undefined, '[]');
    const { stdout } = await desk.run(['run', '--json', '--', 'node', silent]);
    const { traces, runId } = JSON.parse(stdout) as RunJson;
    expect(traces).toMatchObject([{ name: 'work', run: { runId } }]);
  });

  test('what still ran when the process ended was interrupted', async () => {
    const { stdout } = await desk.run(['run', '--json', '--', 'node', sender("'0'")]);
    const { traces } = JSON.parse(stdout) as RunJson;
    expect(traces[0]).toMatchObject({ status: 'interrupted' });
    expect(traces[0]?.observations[0]).toMatchObject({ status: 'interrupted' });
  });

  test.each([
    ['exit code', 'process.exit(7)', 7],
    ['signal', "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)", 143],
  ])('exits as the child did: %s', async (_, script, expected) => {
    const { code } = await desk.run(['run', '--', 'node', '-e', script]);
    expect(code).toBe(expected);
  });

  test('what cannot be started exits 127, what may not be, 126', async () => {
    expect((await desk.run(['run', '--', 'no-such-program'])).code).toBe(127);
    const file = join(desk.folder, 'data.txt');
    writeFileSync(file, 'no program', { mode: 0o644 });
    expect((await desk.run(['run', '--', file])).code).toBe(126);
  });

  test('stdin reaches the child, and a signal sent to glassbox reaches it too', async () => {
    const echo = desk.start(['run', '--', 'node', '-e', 'process.stdin.pipe(process.stdout)']);
    echo.stdin?.end('typed');
    expect((await finish(echo)).stdout).toContain('typed');
    const script =
      "process.on('SIGTERM', () => { console.log('told'); process.exit(3); }); console.log('ready'); setInterval(() => {}, 1000)";
    const child = desk.start(['run', '--', 'node', '-e', script]);
    child.stdout?.on('data', (data: Buffer) => {
      if (data.toString().includes('ready')) child.kill('SIGTERM');
    });
    const { code, stdout } = await finish(child);
    expect(stdout).toContain('told');
    expect(code).toBe(3);
  });

  test('a run without a trace says why', async () => {
    const { code, stderr } = await desk.run(['run', '--', 'node', '-e', '0']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/no trace\. .*no SDK that Glassbox traces/);
    const { stdout } = await desk.run(['run', '--json', '--', 'sh', '-c', 'true']);
    expect((JSON.parse(stdout) as RunJson).traces).toEqual([]);
  });
});

test('beside a process that owns the folder, a run reports to it', async () => {
  const { child, url } = await desk.serve(['--port', '0']);
  const { stdout } = await desk.run(['run', '--json', '--', 'node', sender()]);
  expect((JSON.parse(stdout) as RunJson).traces).toHaveLength(1);
  expect(url).toMatch(/^http/);
  child.kill('SIGTERM');
  await finish(child);
  const listed = await desk.run(['traces', '--json']);
  expect((JSON.parse(listed.stdout) as { traces: unknown[] }).traces).toHaveLength(1);
});
