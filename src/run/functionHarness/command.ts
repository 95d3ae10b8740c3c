import { join } from 'node:path';
import type { Agent } from '../agents';
import { findPython, type AgentContext } from '../agentCommand';

/** Starts the package beside the hooks without standing in the program's own way of finding modules. */
const pythonStart =
  'import sys; sys.path.append(sys.argv[1]); from glassbox_harness.main import main; main(*sys.argv[2:])';

/** The command line of the process that calls a function target; undefined for a command target. */
export function harnessCommand(
  agent: Pick<Agent, 'target' | 'interpreter' | 'cwd'>,
  context: AgentContext & { readonly hooksFolder: string },
): readonly [string, ...string[]] | undefined {
  const { target } = agent;
  if (target.type === 'command') return undefined;
  const called = [target.file, target.function];
  if (target.type === 'python') {
    const hooks = join(context.hooksFolder, 'python');
    return [findPython(agent, context), '-c', pythonStart, hooks, ...called];
  }
  return [context.node ?? 'node', join(context.hooksFolder, 'node-harness.cjs'), ...called];
}
