import type { Comparison, FieldTest, Filter } from './filter';
import { isFilterField, keyProblem, readValue, unknownField } from './filterValue';

/**
 * The filter language, the same in the sidebar, on the command line and for coding agents.
 *
 *     filter  = and { "or" and }          and   = unary { [ "and" ] unary }
 *     unary   = "-" unary | "(" filter ")" | "span(" filter ")" | term
 *     term    = field [ "." key ] ( ":" "=" "<" "<=" ">" ">=" ) value | text
 *
 * A key, a value and a text may stand in double quotes, with `\"` and `\\` inside.
 */

/** `filter` is undefined where nothing was asked for; `position` is an offset into the text. */
export type ParsedFilter =
  { readonly filter: Filter | undefined } | { readonly problem: string; readonly position: number };

/** Reads a filter as a person types it; what is wrong is a sentence and a place. */
export function parseFilter(text: string): ParsedFilter {
  if (text.trim() === '') return { filter: undefined };
  const parser = new Parser(text);
  const filter = parser.parse();
  return filter === undefined
    ? (parser.problem ?? { problem: 'This is no filter.', position: 0 })
    : { filter };
}

const maximumDepth = 64;
const headPattern = /([A-Za-z_]\w*)(?:\.("(?:[^"\\]|\\[^])*"|[^\s"():=<>]+))?(<=|>=|[:=<>])/y;
const quotedPattern = /"((?:[^"\\]|\\[^])*)"/y;
const barePattern = /[^\s"()]+/y;
const operatorPattern = /(or|and)(?![^\s("])/iy;

/** Each method leaves `at` behind what it read, or gives undefined and leaves a problem. */
class Parser {
  problem: { readonly problem: string; readonly position: number } | undefined;
  private at = 0;
  private depth = 0;
  private spanDepth = 0;

  constructor(private readonly text: string) {}

  parse(): Filter | undefined {
    const filter = this.or();
    if (filter === undefined || this.peek() === undefined) return filter;
    return this.fail(`There is no '(' for this ')'.`);
  }

  private or(): Filter | undefined {
    const operands: Filter[] = [];
    do {
      const operand = this.and();
      if (operand === undefined) return undefined;
      operands.push(operand);
    } while (this.takeOperator('or'));
    return join('or', operands);
  }

  private and(): Filter | undefined {
    const operands: Filter[] = [];
    do {
      const operand = this.unary();
      if (operand === undefined) return undefined;
      operands.push(operand);
    } while (this.takeOperator('and') || this.termFollows());
    return join('and', operands);
  }

  private unary(): Filter | undefined {
    const next = this.peek();
    if (next === undefined || next === ')') return this.fail('Here a condition is missing.');
    if (this.operatorAt() !== undefined) {
      return this.fail(`'${this.operatorAt()}' needs a condition on both sides.`);
    }
    if (next === '-') return this.negation();
    if (next === '(') return this.group(1);
    if (this.text.startsWith('span(', this.at)) return this.span();
    return this.separated(this.term());
  }

  private negation(): Filter | undefined {
    this.at++;
    if (!/\S/.test(this.text[this.at] ?? '')) {
      return this.fail(`'-' must touch the condition it negates.`);
    }
    const operand = this.nested(() => this.unary());
    return operand && { type: 'not', operand };
  }

  private span(): Filter | undefined {
    const position = this.at;
    this.spanDepth++;
    const operand = this.group('span('.length);
    this.spanDepth--;
    return operand && { type: 'span', operand, position };
  }

  /** From an opening parenthesis, whose end is `length` characters on, to the closing one. */
  private group(length: number): Filter | undefined {
    const opened = this.at;
    this.at += length;
    const filter = this.nested(() => this.or());
    if (filter === undefined) return undefined;
    if (this.peek() !== ')') return this.fail(`This '(' is not closed.`, opened + length - 1);
    this.at++;
    return filter;
  }

  private nested(read: () => Filter | undefined): Filter | undefined {
    if (this.depth === maximumDepth) return this.fail('This is nested too deeply.');
    this.depth++;
    const filter = read();
    this.depth--;
    return filter;
  }

  private term(): Filter | undefined {
    const position = this.at;
    const head = this.take(headPattern);
    if (head !== undefined) return this.fieldTest(head, position);
    const text = this.word();
    return text === undefined ? undefined : { type: 'text', text, position };
  }

  private fieldTest(head: RegExpExecArray, position: number): FieldTest | undefined {
    const [, field = '', writtenKey, comparison = ':'] = head;
    const key = writtenKey?.startsWith('"') ? unquote(writtenKey.slice(1, -1)) : writtenKey;
    if (!isFilterField(field)) return this.fail(unknownField(field, key), position);
    const wrongKey = keyProblem(field, key);
    if (wrongKey !== undefined) return this.fail(wrongKey, position);
    if (field === 'starred' && this.spanDepth > 0) {
      return this.fail(`A trace is starred, not one of its spans: write it outside.`, position);
    }
    const valuePosition = this.at;
    if (!/[^\s()]/.test(this.text[this.at] ?? '')) {
      return this.fail(`Behind '${head[0]}' a value is missing.`);
    }
    const word = this.word();
    if (word === undefined) return undefined;
    const read = readValue(field, comparison as Comparison, word);
    if ('problem' in read) return this.fail(read.problem, valuePosition);
    return {
      type: 'field',
      field,
      ...(key !== undefined && { key }),
      comparison: comparison as Comparison,
      value: read.value,
      position,
    };
  }

  /** A quoted text without its quotes, or the characters up to a space or a parenthesis. */
  private word(): string | undefined {
    const quoted = this.take(quotedPattern);
    if (quoted !== undefined) return unquote(quoted[1] ?? '');
    if (this.text[this.at] === '"') return this.fail('This quote is not closed.');
    return this.take(barePattern)?.[0];
  }

  /** `name:f(x)` would silently mean `name:f` and `x`. */
  private separated(term: Filter | undefined): Filter | undefined {
    if (term === undefined || !/["(]/.test(this.text[this.at] ?? '')) return term;
    return this.fail('Put a space before this, or the whole in quotes.');
  }

  private termFollows(): boolean {
    const next = this.peek();
    return next !== undefined && next !== ')' && this.operatorAt() === undefined;
  }

  private takeOperator(operator: 'or' | 'and'): boolean {
    this.peek();
    if (this.operatorAt()?.toLowerCase() !== operator) return false;
    this.at += operator.length;
    return true;
  }

  private operatorAt(): string | undefined {
    operatorPattern.lastIndex = this.at;
    return operatorPattern.exec(this.text)?.[1];
  }

  /** The next character that is no space. */
  private peek(): string | undefined {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
    return this.text[this.at];
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found !== undefined) this.at += found[0].length;
    return found;
  }

  private fail(problem: string, position = this.at): undefined {
    this.problem ??= { problem, position };
    return undefined;
  }
}

/** Brackets that change nothing leave no trace in the tree. */
function join(type: 'and' | 'or', operands: readonly Filter[]): Filter | undefined {
  const flat = operands.flatMap((operand) =>
    operand.type === type ? operand.operands : [operand],
  );
  return flat.length === 1 ? flat[0] : { type, operands: flat };
}

function unquote(text: string): string {
  return text.replace(/\\(["\\])/g, '$1');
}
