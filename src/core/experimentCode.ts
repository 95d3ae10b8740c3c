import { UserError } from '../base/errors';
import type { CallCode } from '../experiments/evaluators/code';
import { parseAgents } from '../run/agents';
import { harnessCommand } from '../run/functionHarness/command';
import { FunctionHarness } from '../run/functionHarness/functionHarness';

/** The workspace's own evaluators: one process a function, unobserved, so that no trace is theirs. */
export class CodeEvaluators {
  private readonly harnesses = new Map<string, FunctionHarness>();

  constructor(
    private readonly options: {
      readonly folder: string;
      readonly hooksFolder: string;
      readonly experiment: { readonly timeoutMs: number };
    },
  ) {}

  readonly call: CallCode = async (target, input) => {
    const { timeoutMs } = this.options.experiment;
    const called = await this.harnessOf(target).call({ input, timeoutMs, attributes: {} });
    if ('error' in called) throw new UserError(called.error);
    return called.output;
  };

  async close(): Promise<void> {
    await Promise.all([...this.harnesses.values()].map((harness) => harness.close()));
  }

  private harnessOf({ file, function: name }: { file: string; function: string }): FunctionHarness {
    const key = `${file}#${name}`;
    const known = this.harnesses.get(key);
    if (known) return known;
    const { folder, hooksFolder } = this.options;
    const entry = file.endsWith('.py') ? { python: `${file}:${name}` } : { node: key };
    const { agents, problems } = parseAgents(JSON.stringify([{ name: 'evaluator', ...entry }]));
    const context = { folder, hooksFolder, virtualEnv: process.env.VIRTUAL_ENV };
    const command = agents[0] && harnessCommand(agents[0], { ...context, node: process.execPath });
    if (!command) throw new UserError(problems.join(' '));
    const harness = new FunctionHarness({ command, cwd: folder, env: { ...process.env } });
    this.harnesses.set(key, harness);
    return harness;
  }
}
