import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startModelServer } from '../../examples/support-agent/model/server.mjs';
import type { TraceWithObservations } from '../../src/model/trace';
import { runProgram } from '../examples/program';
import type { Installed } from './install';
import { judge, type Verdicts } from './judge';
import type { Row } from './rows';
import { answerTo } from './script';

const programs = resolve('test', 'compat', 'programs');
const cli = resolve('dist', 'cli.js');

export interface Outcome {
  readonly verdicts: Verdicts;
  readonly traces: readonly TraceWithObservations[];
  readonly killed: readonly TraceWithObservations[];
}

/** Runs the program of a row twice with the built command line: to its end, and killed in its work. */
export async function runRow(row: Row, installed: Installed): Promise<Outcome> {
  const whole = await runOnce(row, installed, 'whole');
  const killed = await runOnce(row, installed, 'killed');
  const { traces, answers } = whole;
  const verdicts = judge({ scenario: row.scenario, traces, answers, killed: killed.traces });
  return { verdicts, traces, killed: killed.traces };
}

async function runOnce(row: Row, installed: Installed, end: 'whole' | 'killed') {
  let answers = 0;
  const model = await startModelServer({
    script: (request) => {
      const answer = answerTo(request);
      if (answer.usage) answers++;
      return answer;
    },
  });
  const home = mkdtempSync(join(tmpdir(), 'compat-'));
  try {
    // Beside what they import, which is how both languages look for it.
    for (const file of readdirSync(programs)) {
      copyFileSync(join(programs, file), join(installed.folder, file));
    }
    const [file, ...args] = row.program;
    const result = await runProgram(
      [
        ...([process.execPath, cli, 'run', '--db', join(home, 'store.db'), '--json'] as const),
        ...(row.open === true ? [] : ['--local-only']),
        ...['--', installed.interpreter, file, ...args, end],
      ],
      {
        cwd: installed.folder,
        env: {
          ...{ OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'not-a-key', GLASSBOX_HOME: home },
          ...{ HOME: home, NO_COLOR: '1', PYTHONDONTWRITEBYTECODE: '1' },
          // The Agents SDK traces nothing in what it takes for a test.
          NODE_ENV: undefined,
          ...row.env,
        },
      },
    );
    return { answers, traces: readTraces(row, result, end) };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    await model.close();
  }
}

function readTraces(
  row: Row,
  { code, stdout, stderr }: { code: number | null; stdout: string; stderr: string },
  end: 'whole' | 'killed',
): readonly TraceWithObservations[] {
  const expected = end === 'whole' ? 0 : 128 + 9;
  if (code !== expected) throw new Error(`${row.name} (${end}) ended with ${code}:\n${stderr}`);
  return (JSON.parse(stdout) as { traces: readonly TraceWithObservations[] }).traces;
}
