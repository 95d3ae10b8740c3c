import Handlebars from 'handlebars/dist/cjs/handlebars.js';
import { offsetOf, type Problem } from './problem';

/**
 * What a Handlebars template uses, found in its syntax tree: the variables it reads, the roles it
 * names. `dotprompt` renders a variable that nobody declared as nothing, without a word.
 */

/** A place in the template where a variable of the prompt is read. */
export interface VariableUse {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface TemplateReading {
  readonly variables: readonly VariableUse[];
  /** The messages as written: undefined where a role is chosen inside a block. */
  readonly messages: readonly TemplateMessage[] | undefined;
  readonly problems: readonly Problem[];
}

/** A message of a prompt before its variables are filled in. */
export interface TemplateMessage {
  readonly role: PromptRole;
  readonly text: string;
}

export type PromptRole = 'system' | 'user' | 'assistant' | 'tool';

/** dotprompt's own name first: `model` is what everyone else calls `assistant`. */
export const promptRoles: Readonly<Record<string, PromptRole>> = {
  system: 'system',
  user: 'user',
  model: 'assistant',
  assistant: 'assistant',
  tool: 'tool',
};

/** The helpers a prompt may use: those of Handlebars and those of dotprompt. */
export const helpers: Readonly<Record<string, string>> = {
  role: 'Begins a message of a role: {{role "system"}}.',
  history: 'The turns of the conversation so far.',
  media: 'An image or another file: {{media url=photo}}.',
  json: 'A value as JSON: {{json order indent=2}}.',
  section: 'A place that a program fills in.',
  if: 'Text only where a value is there: {{#if name}}…{{/if}}.',
  unless: 'Text only where a value is missing.',
  each: 'Text once for each item of a list: {{#each items}}{{this}}{{/each}}.',
  with: 'Text in which names are those of a value.',
  lookup: 'The value under a name or number: {{lookup items 0}}.',
  log: 'Writes to the console.',
  ifEquals: 'Text only where two values are equal: {{#ifEquals a b}}…{{/ifEquals}}.',
  unlessEquals: 'Text only where two values differ.',
};

/** Reads a template; its places are moved by `offset`, where it begins in its file. Never throws. */
export function readTemplate(template: string, offset: number): TemplateReading {
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parse(template);
  } catch (error) {
    return {
      variables: [],
      messages: undefined,
      problems: [syntaxProblem(error, template, offset)],
    };
  }
  const reader = new Reader(template, offset);
  reader.accept(program);
  return {
    variables: reader.variables,
    messages: reader.rolesInBlocks ? undefined : messagesOf(program, template),
    problems: reader.problems,
  };
}

/** What a `{{name}}` inside a block means: the prompt's variables, or the fields of an item. */
type Scope = 'variables' | 'item';

class Reader extends Handlebars.Visitor {
  readonly variables: VariableUse[] = [];
  readonly problems: Problem[] = [];
  rolesInBlocks = false;
  private readonly scopes: Scope[] = ['variables'];
  private locals: readonly string[] = [];
  private blocks = 0;

  constructor(
    private readonly template: string,
    private readonly offset: number,
  ) {
    super();
  }

  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    this.call(mustache);
  }

  override SubExpression(expression: hbs.AST.SubExpression): void {
    this.call(expression);
  }

  override BlockStatement(block: hbs.AST.BlockStatement): void {
    const { original } = block.path;
    const isHelper = Object.hasOwn(helpers, original);
    if (block.params.length > 0 && !isHelper) this.unknownHelper(block.path);
    else if (!isHelper) this.accept(block.path);
    this.acceptArray(block.params);
    if (block.hash as hbs.AST.Hash | undefined) this.accept(block.hash);
    this.blocks++;
    const changes = !isHelper || original === 'each' || original === 'with';
    this.inside(block.program, changes ? 'item' : undefined);
    this.inside(block.inverse, undefined);
    this.blocks--;
  }

  override PathExpression(path: hbs.AST.PathExpression): void {
    const [name] = path.data ? path.parts.slice(1) : path.parts;
    if (name === undefined || (path.data && path.parts[0] !== 'root')) return;
    const scope = path.data ? 'variables' : this.scopes.at(-1 - path.depth);
    if (scope !== 'variables' || (path.depth === 0 && this.locals.includes(name))) return;
    this.variables.push({ name, ...this.rangeOf(path) });
  }

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    this.error('Partials ({{> name}}) are not supported: write the text itself.', partial);
  }

  override PartialBlockStatement(partial: hbs.AST.PartialBlockStatement): void {
    this.error('Partials ({{#> name}}) are not supported: write the text itself.', partial);
  }

  private inside(program: hbs.AST.Program | undefined, scope: Scope | undefined): void {
    if (!program) return;
    const outer = this.locals;
    this.locals = [...outer, ...((program.blockParams as string[] | undefined) ?? [])];
    if (scope) this.scopes.push(scope);
    this.accept(program);
    if (scope) this.scopes.pop();
    this.locals = outer;
  }

  private call(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression): void {
    const path = node.path as hbs.AST.PathExpression;
    const isHelper = Object.hasOwn(helpers, path.original);
    const hasArguments = node.params.length > 0 || (node.hash as hbs.AST.Hash | undefined);
    if (isHelper) this.checkRole(path.original, node);
    else if (hasArguments || node.type === 'SubExpression') this.unknownHelper(path);
    else this.accept(path);
    this.acceptArray(node.params);
    if (node.hash as hbs.AST.Hash | undefined) this.accept(node.hash);
  }

  private checkRole(helper: string, node: hbs.AST.MustacheStatement | hbs.AST.SubExpression): void {
    if (helper !== 'role') return;
    if (this.blocks > 0) this.rolesInBlocks = true;
    const role = literalOf(node.params[0]);
    if (role === undefined) {
      this.error('{{role}} takes the name of a role in quotes: {{role "system"}}.', node);
    } else if (!Object.hasOwn(promptRoles, role)) {
      this.error(`There is no role '${role}': write system, user, model or tool.`, node);
    }
  }

  private unknownHelper(path: hbs.AST.PathExpression): void {
    this.error(`There is no helper '${path.original}'.`, path);
  }

  private error(message: string, node: hbs.AST.Node): void {
    this.problems.push({ severity: 'error', message, ...this.rangeOf(node) });
  }

  private rangeOf({ loc }: hbs.AST.Node): { start: number; end: number } {
    const at = ({ line, column }: hbs.AST.Position) =>
      this.offset + offsetOf(this.template, { line, column: column + 1 });
    return { start: at(loc.start), end: at(loc.end) };
  }
}

/** The text of a literal, undefined for anything else. */
function literalOf(node: hbs.AST.Expression | undefined): string | undefined {
  return node?.type === 'StringLiteral' ? (node as hbs.AST.StringLiteral).value : undefined;
}

/**
 * The template cut at its roles, the text between them as it is written. The line break behind a
 * role and the one before the next belong to the layout of the file, not to the message.
 */
function messagesOf({ body }: hbs.AST.Program, template: string): TemplateMessage[] {
  const messages: { role: PromptRole; text: string }[] = [];
  let role: PromptRole = 'user';
  let from = 0;
  const add = (to: number): void => {
    const text = withoutLayout(template.slice(from, to));
    if (text.trim() !== '') messages.push({ role, text });
  };
  const at = ({ line, column }: hbs.AST.Position) =>
    offsetOf(template, { line, column: column + 1 });
  for (const statement of body) {
    const next = roleOf(statement);
    if (next === undefined) continue;
    add(at(statement.loc.start));
    role = next;
    from = at(statement.loc.end);
  }
  add(template.length);
  return messages;
}

function roleOf(statement: hbs.AST.Statement): PromptRole | undefined {
  if (statement.type !== 'MustacheStatement') return undefined;
  const { path, params } = statement as hbs.AST.MustacheStatement;
  if ((path as hbs.AST.PathExpression).original !== 'role') return undefined;
  return promptRoles[literalOf(params[0]) ?? ''] ?? 'user';
}

/** A message's text without the one line break that its layout puts before and behind it. */
export function withoutLayout(text: string): string {
  return text.replace(/^\r?\n/, '').replace(/\r?\n$/, '');
}

function syntaxProblem(thrown: unknown, template: string, offset: number): Problem {
  const error: unknown = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { message, lineNumber, column } = error as Error & { lineNumber?: number; column?: number };
  const said = /(?:Parse|Lexical) error on line (\d+)/.exec(message)?.[1];
  const line = lineNumber ?? (said === undefined ? 1 : Number(said));
  const start = offsetOf(template, { line, column: (column ?? 0) + 1 });
  const lineEnd = template.indexOf('\n', start);
  const end = lineEnd < 0 ? template.length : lineEnd;
  return {
    severity: 'error',
    message: `The template cannot be read: ${reasonOf(message)}`,
    ...{ start: offset + start, end: offset + Math.max(end, start) },
  };
}

/** Handlebars lists every token it could have gone on with; a person needs what it met instead. */
function reasonOf(message: string): string {
  const met = /got '(\w+)'/.exec(message)?.[1];
  if (met === 'EOF') return 'a block or a {{ is not closed.';
  if (met !== undefined)
    return `'${met.toLowerCase().replaceAll('_', ' ')}' was not expected here.`;
  return message.split('\n')[0] ?? message;
}
