import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readAuthor } from '../../base/git';
import { UserError } from '../../base/errors';
import type { Json } from '../../model/value';
import type { PromptEntry, PromptRegistry, ShownPrompt } from '../../prompts/registry';
import { readArgs, wrongUse } from '../args';
import type { Command } from '../cli';

const usage = [
  'glassbox prompt list [--json]',
  'save NAME [--note TEXT]',
  'show NAME[@VERSION|LABEL] [--var k=v] [--json]',
  'label NAME VERSION LABEL',
].join(' | ');

export const prompt: Command = {
  usage,
  summary: 'Lists, versions, shows and labels the prompts in .glassbox/prompts.',
  async run(args) {
    const [name = '', ...rest] = args;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!action) throw wrongUse(usage);
    await action(rest);
    return 0;
  },
};

const actions: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  list,
  save,
  show,
  label,
};

async function list(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArgs(usage, args, {
    json: { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw wrongUse(usage);
  const entries = await (await openRegistry()).list();
  if (values.json) return print(JSON.stringify({ prompts: entries.map(entryJson) }));
  for (const entry of entries) {
    print(entryLine(entry));
    complain([...entry.versions.problems, ...(entry.workingCopy?.problems ?? [])]);
  }
  if (entries.length === 0) process.stderr.write('No prompts in .glassbox/prompts.\n');
}

async function save(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArgs(usage, args, { note: { type: 'string' } });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw wrongUse(usage);
  const { version, created } = await (await openRegistry()).save(name, values.note);
  const { number, hash } = version;
  print(
    created
      ? `Saved ${name} as version ${number} (${hash.slice(0, 8)}).`
      : `Nothing changed: ${name} is version ${number} (${hash.slice(0, 8)}).`,
  );
}

async function show(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArgs(usage, args, {
    var: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  });
  const [asked, ...more] = positionals;
  if (asked === undefined || more.length > 0) throw wrongUse(usage);
  const [name = '', selector] = asked.split(/@(.*)/s);
  const registry = await openRegistry();
  const shown = await registry.show(name, selector);
  if (!values.json && values.var.length === 0) {
    complain(shown.problems);
    return print(shown.content.trimEnd());
  }
  const variables = await readVariables(shown, values.var);
  const { prompt: rendered, problems } = await registry.render(shown, variables);
  complain(problems);
  if (values.json) print(JSON.stringify(shownJson(shown, rendered)));
  else for (const message of rendered.messages) print(messageText(message));
}

async function label(args: readonly string[]): Promise<void> {
  const { positionals } = readArgs(usage, args, {});
  const [name, selector, wanted, ...more] = positionals;
  if (name === undefined || selector === undefined || wanted === undefined || more.length > 0) {
    throw wrongUse(usage);
  }
  const { version, before } = await (await openRegistry()).label(name, selector, wanted);
  const from = before && before.hash !== version.hash ? `, before on version ${before.number}` : '';
  print(
    `${wanted} is on version ${version.number} of ${name} (${version.hash.slice(0, 8)})${from}.`,
  );
}

/** The registry of the nearest folder upwards that has prompts, else of this one. */
async function openRegistry(): Promise<PromptRegistry> {
  const workspace = findUpwards(process.cwd()) ?? process.cwd();
  const { PromptRegistry } = await import('../../prompts/registry');
  return new PromptRegistry({
    workspace,
    author: () => readAuthor(workspace),
    now: () => Date.now() * 1000,
  });
}

function findUpwards(folder: string): string | undefined {
  if (existsSync(join(folder, '.glassbox', 'prompts'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findUpwards(parent);
}

async function readVariables(
  { file }: ShownPrompt,
  texts: readonly string[],
): Promise<Record<string, Json>> {
  const { valueOfText } = await import('../../prompts/variables');
  const entries = texts.map((text): [string, Json] => {
    const [name, value] = text.split(/=(.*)/s);
    if (!name || value === undefined) {
      throw new UserError(
        `--var takes a name and a value, such as --var city=Brest, not '${text}'.`,
      );
    }
    const variable = file.variables.find((one) => one.name === name);
    return [name, valueOfText(variable, value)];
  });
  return Object.fromEntries(entries);
}

type Rendered = Awaited<ReturnType<PromptRegistry['render']>>['prompt'];

function shownJson({ name, version, hash, labels }: ShownPrompt, rendered: Rendered) {
  const { model, config, tools, messages, outputSchema } = rendered;
  return {
    ...{ name, version: version?.number ?? null, hash, labels, model: model ?? null, config },
    ...{ tools, ...(outputSchema !== undefined && { outputSchema }), messages },
  };
}

function entryJson({ name, saved, versions, workingCopy }: PromptEntry) {
  const labels = [...versions.labels].map(([one, { number }]) => [one, number] as const);
  return {
    ...{ name, version: saved?.number ?? null, latest: versions.latest?.number ?? null },
    labels: Object.fromEntries(labels),
    problems: [...versions.problems, ...(workingCopy?.problems ?? [])],
  };
}

function entryLine({ name, saved, versions, workingCopy }: PromptEntry): string {
  const { latest } = versions;
  const state = latest ? `version ${latest.number}` : 'not saved';
  const isChanged = latest && workingCopy && saved?.hash !== latest.hash;
  const change = saved ? `file is version ${saved.number}` : 'file changed since';
  const labels = [...versions.labels].map(([one, { number }]) => `${one} ${number}`);
  return [name, state, ...(isChanged ? [change] : []), ...labels].join('  ');
}

function messageText({ role, name, parts }: Rendered['messages'][number]): string {
  const texts = parts.map((part) => (part.type === 'text' ? part.text : JSON.stringify(part)));
  return `${name === undefined ? role : `${role} ${name}`}:\n${texts.join('\n')}\n`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`glassbox: ${problem}\n`);
}
