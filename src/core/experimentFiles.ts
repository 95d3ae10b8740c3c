import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { errorCode, UserError } from '../base/errors';
import { formatBaseline, parseBaseline, type Baseline } from '../experiments/baseline';
import { parseDataset, type Dataset } from '../experiments/dataset';
import type { Experiment } from '../experiments/experiment';
import { parseExperiment } from '../experiments/experimentFile';
import { parseAgents, type Agent } from '../run/agents';

/** The files of an experiment under `.glassbox`; what is wrong with one is a `UserError`. */

const suffix = '.experiment.json';

export interface FoundExperiment {
  readonly experiment: Experiment;
  /** The workspace folder: the one that holds `.glassbox`. */
  readonly folder: string;
  readonly file: string;
}

/** Finds an experiment by its name in `.glassbox/experiments` of a folder, or by its file. */
export async function readExperiment(folder: string, nameOrFile: string): Promise<FoundExperiment> {
  const isFile = nameOrFile.endsWith('.json');
  const home = join(folder, '.glassbox', 'experiments');
  const file = isFile ? resolve(folder, nameOrFile) : join(home, `${nameOrFile}${suffix}`);
  const text = await readText(file);
  if (text === undefined) throw await missing(home, nameOrFile, file);
  const name = basename(file).replace(/(?:\.experiment)?\.json$/, '');
  const { experiment, problems } = parseExperiment(name, text);
  if (!experiment) {
    throw new UserError([`${shown(folder, file)} cannot be run:`, ...problems].join('\n  '));
  }
  const inHome = /[\\/]\.glassbox[\\/]experiments$/.test(dirname(file));
  return { experiment, file, folder: inHome ? dirname(dirname(dirname(file))) : folder };
}

async function missing(home: string, nameOrFile: string, file: string): Promise<UserError> {
  const names = (await readdir(home).catch(() => []))
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length));
  const there = names.length > 0 ? `There are: ${names.join(', ')}.` : `${home} holds none.`;
  return new UserError(`there is no experiment '${nameOrFile}' (${file}). ${there}`);
}

export interface FoundDataset extends Dataset {
  /** Relative to the workspace folder. */
  readonly file: string;
}

/** A name in `.glassbox/datasets`, or a path from the experiment's folder. */
export async function readDataset({
  experiment: { dataset },
  folder,
  file,
}: FoundExperiment): Promise<FoundDataset> {
  const path = dataset.endsWith('.jsonl')
    ? resolve(dirname(file), dataset)
    : join(folder, '.glassbox', 'datasets', `${dataset}.jsonl`);
  const text = await readText(path);
  if (text === undefined) throw new UserError(`there is no dataset '${dataset}' (${path}).`);
  const read = parseDataset(text);
  if (read.cases.length + read.problems.length === 0) {
    throw new UserError(`the dataset '${dataset}' (${path}) holds no case.`);
  }
  return { ...read, file: shown(folder, path) };
}

/** The entry of `agents.json` with this name. */
export async function readAgent(folder: string, name: string): Promise<Agent> {
  const file = join(folder, '.glassbox', 'agents.json');
  const text = await readText(file);
  if (text === undefined) throw new UserError(`there is no ${file} to name the agent '${name}'.`);
  const { agents, problems } = parseAgents(text);
  const agent = agents.find((one) => one.name === name);
  if (agent) return agent;
  const names = agents.map((one) => one.name).join(', ');
  const reason = problems.length > 0 ? problems.join(' ') : `There are: ${names}.`;
  throw new UserError(`${shown(folder, file)} names no agent '${name}'. ${reason}`);
}

/** Undefined where none was accepted yet. */
export async function readBaseline(folder: string, name: string): Promise<Baseline | undefined> {
  const file = baselineFile(folder, name);
  const text = await readText(file);
  if (text === undefined) return undefined;
  const read = parseBaseline(text);
  if ('baseline' in read) return read.baseline;
  throw new UserError(`${shown(folder, file)} cannot be read: ${read.problem}.`);
}

export async function writeBaseline(folder: string, baseline: Baseline): Promise<string> {
  const file = baselineFile(folder, baseline.experiment);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, formatBaseline(baseline));
  return shown(folder, file);
}

function baselineFile(folder: string, name: string): string {
  return join(folder, '.glassbox', 'baselines', `${name}.json`);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new UserError(`${file} cannot be read (${errorCode(error) ?? 'unknown error'}).`);
  }
}

function shown(folder: string, file: string): string {
  const path = relative(folder, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path.replaceAll('\\', '/');
}
