import { UserError } from '../base/errors';
import { evalCommand } from './commands/eval';
import { doctor } from './commands/doctor';
import { exportCommand } from './commands/export';
import { importCommand } from './commands/import';
import { prompt } from './commands/prompt';
import { run } from './commands/run';
import { serve } from './commands/serve';
import { trace } from './commands/trace';
import { traces } from './commands/traces';
import { version } from './version';

export interface Command {
  readonly usage: string;
  readonly summary: string;
  /** Runs with the words behind the command's name; gives the exit code. */
  run(args: readonly string[]): Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  serve,
  run,
  traces,
  trace,
  eval: evalCommand,
  doctor,
  export: exportCommand,
  import: importCommand,
  prompt,
};

/** Runs one command line; rejects with a `UserError` on wrong use. */
export async function runCli(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UserError(`there is no command '${name}'; 'glassbox help' lists them.`);
  const options = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined);
  if (options.includes('--help') || options.includes('-h')) {
    process.stdout.write(`${command.usage}\n\n${command.summary}\n`);
    return 0;
  }
  return command.run(rest);
}

function help(): string {
  const lines = Object.values(commands).map(
    ({ usage, summary }) => `  ${usage}\n      ${summary}\n`,
  );
  return `Glassbox: see what your agents do.\n\n${lines.join('')}`;
}
