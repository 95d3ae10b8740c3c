import { isDeepStrictEqual } from 'node:util';
import type { Message } from '../model/observation';
import type { Json } from '../model/value';
import type { Fields } from './fields';

export interface RequestMessage extends Message {
  readonly wire?: Wire;
}

/** How a message stood in the body it was read from. */
export interface Wire {
  /** `instructions` and `input` are texts of a Responses body, `item` a message or item of a list. */
  readonly place: 'instructions' | 'input' | 'item';
  readonly value: Json;
}

/** What is different about the body of each interface. */
export interface Format {
  /** The messages of a body; undefined where it is no body of this interface. */
  readMessages(body: Fields): readonly RequestMessage[] | undefined;
  /** The fields of a body that hold messages. */
  writeMessages(messages: readonly RequestMessage[]): Fields;
  /** The format of the output, out of the parameters. */
  takeFormat(parameters: Fields): { readonly format?: Json; readonly rest: Fields };
  putFormat(parameters: Fields, format: Fields): Fields;
  /** Whether the fields of a schema lie in a map `json_schema` of the format. */
  readonly nestedSchema: boolean;
}

/** True while a message says what it said where it was read. */
export function isUnedited(
  { wire, ...message }: RequestMessage,
  read: (value: Json) => Message,
): boolean {
  return wire !== undefined && isDeepStrictEqual(message, read(wire.value));
}
