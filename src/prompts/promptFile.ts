import type { ToolDefinition } from '../model/observation';
import { nearest } from '../model/nearest';
import { isRecord, type Json } from '../model/value';
import { readFrontMatter, splitFile, type FrontMatter } from './frontMatter';
import type { Problem } from './problem';
import { readTemplate, type TemplateMessage, type VariableUse } from './template';
import { declaredVariables, type PromptVariable } from './variables';

/** A `.prompt` file as understood: dotprompt's YAML front matter and Handlebars text with roles. */
export interface PromptFile {
  readonly source: string;
  readonly template: string;
  /** Where the template begins in the file. */
  readonly templateStart: number;
  /** `endpoint/model`, or a model alone. */
  readonly model?: string;
  readonly description?: string;
  /** Parameters of the model, under the names the file gives them. */
  readonly config: Readonly<Record<string, Json>>;
  readonly tools: readonly ToolDefinition[];
  readonly variables: readonly PromptVariable[];
  /** Every place where the template reads a variable, declared or not. */
  readonly uses: readonly VariableUse[];
  /** The messages before variables are filled in; undefined where roles are chosen in blocks. */
  readonly messages?: readonly TemplateMessage[];
  /** JSON schema or picoschema, as written. */
  readonly outputSchema?: Json;
  readonly outputFormat?: string;
  /** The file beside this one that holds the turns of a conversation. */
  readonly turnsFile?: string;
  readonly problems: readonly Problem[];
}

/** The front matter's key for the file of turns, in dotprompt's form for extensions. */
export const turnsKey = 'glassbox.messages';

/** The keys that dotprompt reads; keys with a period belong to extensions. */
export const frontMatterKeys: Readonly<Record<string, string>> = {
  model: 'The model, as endpoint/model.',
  config: 'Parameters of the model, such as temperature.',
  description: 'What the prompt is for.',
  input: 'Its variables: a schema, and defaults.',
  output: 'The form of the answer: a format, a schema.',
  tools: 'The tools the model may call.',
  toolDefs: 'Definitions of tools, in full.',
  name: 'The name of the prompt; the file name counts here.',
  variant: 'A variant of the prompt.',
  version: 'A version in other tools; Glassbox keeps versions beside the file.',
  metadata: 'Anything else.',
  ext: 'Fields of extensions.',
};

/** Reads the text of a `.prompt` file. Never throws: what is wrong stands in `problems`. */
export function parsePrompt(source: string): PromptFile {
  const split = splitFile(source);
  const matter = readFrontMatter(split);
  const template = readTemplate(split.template, split.templateStart);
  const declared = declaredVariables(matter);
  const fields = new Fields(matter);
  const output = fields.map('output');
  const read = {
    model: fields.text('model'),
    description: fields.text('description'),
    config: fields.map('config') ?? {},
    tools: fields.tools(),
    turnsFile: fields.text(turnsKey),
    outputSchema: output?.schema,
    outputFormat: typeof output?.format === 'string' ? output.format : undefined,
  };
  return {
    ...{ source, template: split.template, templateStart: split.templateStart },
    ...read,
    variables: declared.variables,
    uses: template.variables,
    messages: template.messages,
    problems: [
      ...matter.problems,
      // What follows from YAML that could not be read is no problem of its own.
      ...(matter.problems.length > 0
        ? []
        : [...fields.problems, ...fields.unknownKeys(), ...declared.problems]),
      ...template.problems,
      ...variableProblems(declared.variables, template.variables, template.problems),
    ].sort((a, b) => a.start - b.start),
  };
}

function variableProblems(
  declared: readonly PromptVariable[],
  uses: readonly VariableUse[],
  templateProblems: readonly Problem[],
): Problem[] {
  const names = declared.map(({ name }) => name);
  const undeclared = uses.flatMap(({ name, start, end }): Problem[] => {
    if (names.includes(name)) return [];
    const meant = nearest(name, names);
    const message =
      meant === undefined
        ? `The variable '${name}' is not declared: add it to input.schema in the front matter.`
        : `The variable '${name}' is not declared. Is it '${meant}'?`;
    return [{ severity: 'warning', message, start, end }];
  });
  // A template that could not be read uses who knows what.
  const readable = !templateProblems.some(({ message }) => message.startsWith('The template'));
  const unused = declared.flatMap(({ name, start, end }): Problem[] => {
    if (!readable || uses.some((use) => use.name === name)) return [];
    const message = `The variable '${name}' is declared but not used in the template.`;
    return [{ severity: 'warning', message, start, end }];
  });
  return [...undeclared, ...unused];
}

/** Takes fields of the front matter in the form they must have, noting those that have another. */
class Fields {
  readonly problems: Problem[] = [];

  constructor(private readonly matter: FrontMatter) {}

  text(key: string): string | undefined {
    const value = this.matter.values[key];
    if (value === undefined || value === null || typeof value === 'string')
      return value ?? undefined;
    this.wrong([key], `'${key}' must be a text.`);
    return undefined;
  }

  map(key: string): Readonly<Record<string, Json>> | undefined {
    const value = this.matter.values[key];
    if (value === undefined || value === null) return undefined;
    if (isRecord(value)) return value;
    this.wrong([key], `'${key}' must be a map of names and values.`);
    return undefined;
  }

  /** Names of `tools` and full definitions of either list, each tool once. */
  tools(): ToolDefinition[] {
    const tools = new Map<string, ToolDefinition>();
    for (const key of ['toolDefs', 'tools']) {
      const value = this.matter.values[key];
      if (value === undefined || value === null) continue;
      if (!Array.isArray(value)) this.wrong([key], `'${key}' must be a list.`);
      for (const entry of Array.isArray(value) ? (value as Json[]) : []) {
        const tool = toolOf(entry);
        if (!tool) this.wrong([key], `'${key}' holds a tool without a name.`);
        else if (!tools.has(tool.name)) tools.set(tool.name, tool);
      }
    }
    return [...tools.values()];
  }

  unknownKeys(): Problem[] {
    const known = Object.keys(frontMatterKeys);
    return Object.keys(this.matter.values)
      .filter((key) => !known.includes(key) && !key.includes('.'))
      .map((key) => {
        const meant = nearest(key, known);
        const hint = meant === undefined ? '' : ` Is it '${meant}'?`;
        const message = `dotprompt knows no '${key}'.${hint}`;
        return { severity: 'warning', message, ...this.matter.locate(key) };
      });
  }

  private wrong(path: readonly string[], message: string): void {
    this.problems.push({ severity: 'error', message, ...this.matter.locate(...path) });
  }
}

/** `raw`, where it is there, is the definition as a provider is sent it. */
function toolOf(entry: Json): ToolDefinition | undefined {
  if (typeof entry === 'string') return { name: entry };
  if (!isRecord(entry)) return undefined;
  const { name, description, inputSchema, parameters, raw } = entry as Record<string, Json>;
  if (typeof name !== 'string') return undefined;
  const schema = inputSchema ?? parameters;
  return {
    name,
    ...(typeof description === 'string' && { description }),
    ...(schema !== undefined && { parameters: schema }),
    ...(raw !== undefined && { raw }),
  };
}
