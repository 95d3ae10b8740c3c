import { parseArgs, type ParseArgsConfig } from 'node:util';
import { toError, UserError } from '../base/errors';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads the options of a command; throws a `UserError` with its usage on wrong ones. */
export function readArgs<const T extends Options>(
  usage: string,
  args: readonly string[],
  options: T,
) {
  try {
    const joined = joinValues(args, options);
    return parseArgs({ args: joined, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UserError(`${toError(error).message}\nusage: ${usage}`);
  }
}

/** `--filter -status:ok` as `--filter=-status:ok`: a value may begin with a dash. */
function joinValues(args: readonly string[], options: Options): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    const name = word.startsWith('--') ? word.slice(2) : '';
    const takesValue = Object.hasOwn(options, name) && options[name]?.type === 'string';
    const value = args[i + 1];
    if (takesValue && value !== undefined) {
      joined.push(`${word}=${value}`);
      i++;
    } else {
      joined.push(word);
    }
  }
  return joined;
}

/** A whole number from `least` up; throws a `UserError` that names the option. */
export function readNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new UserError(`--${option} takes a whole number from ${least} up, not '${text}'.`);
  }
  return value;
}

export function wrongUse(usage: string): UserError {
  return new UserError(`usage: ${usage}`);
}
