import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Desk } from './glassbox';

let desk: Desk;
beforeEach(() => (desk = new Desk()));
afterEach(() => desk.dispose());

/** A program that sends one model call with the given attributes, or nothing. */
function program(attributes?: Readonly<Record<string, string>>): string {
  const file = join(desk.folder, 'agent.mjs');
  const listed = Object.entries(attributes ?? {}).map(([key, value]) => ({
    key,
    value: /^\d+$/.test(value) ? { intValue: value } : { stringValue: value },
  }));
  const span = {
    ...{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', name: 'chat' },
    ...{ startTimeUnixNano: '1790000000000000000', endTimeUnixNano: '1790000001000000000' },
    attributes: listed,
  };
  const body = { resourceSpans: [{ scopeSpans: [{ scope: { name: 'mine' }, spans: [span] }] }] };
  const send = `await fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces', {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))},
});\n`;
  writeFileSync(file, attributes ? send : '');
  return file;
}

const silent = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': '3' };
const sound = {
  ...{ ...silent, 'gen_ai.request.model': 'gpt-5-mini', 'session.id': 's1' },
  'gen_ai.input.messages': '[{"role":"user","content":"hi"}]',
  'gen_ai.output.messages': '[{"role":"assistant","content":"hello"}]',
};

describe('doctor', () => {
  test('runs a command, says what is missing and what to change, and exits with 1', async () => {
    const { code, stdout } = await desk.run(['doctor', '--', 'node', program(silent)]);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ 1 model call came without messages.  b7ad6b7169203331');
    expect(stdout).toContain('→ Set OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true.');
  });

  test('finds nothing in a sound trace, by its run, by its id and as the newest', async () => {
    const ran = await desk.run(['doctor', '--', 'node', program(sound)]);
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('Nothing is missing.')]);
    for (const id of [['0af7651'], []]) {
      const { code, stdout } = await desk.run(['doctor', ...id]);
      expect([code, stdout]).toEqual([0, ran.stdout]);
    }
  });

  test('says why there is no trace', async () => {
    const { code, stdout } = await desk.run(['doctor', '--', 'node', program()]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^No trace\. .+\n {2}→ .+/);
  });

  test('--json has the findings of each trace, for a machine', async () => {
    const { stdout } = await desk.run(['doctor', '--json', '--', 'node', program(silent)]);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 0,
      traces: [
        { traceId: '0af7651916cd43dd8448eb211c80319c', findings: [{ id: 'no-content' }, {}, {}] },
      ],
    });
  });

  test.each([[['doctor', 'a', 'b']], [['doctor', 'a', '--', 'node']], [['doctor', '--']]])(
    '%j is wrong use',
    async (args) => {
      const { code, stderr } = await desk.run(args);
      expect([code, stderr]).toEqual([2, expect.stringContaining('usage: glassbox doctor')]);
    },
  );

  test('without any trace there is nothing to examine', async () => {
    const { code, stderr } = await desk.run(['doctor']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('no trace is stored')]);
  });
});
