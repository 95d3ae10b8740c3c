import { WireReader } from './wire';

/** What one must know of a type of message to find the strings in it. */
export interface WireMessage {
  /** The type of the field with this number where it is a message itself. */
  nested(field: number): WireMessage | undefined;
}

/**
 * Finds the string or bytes field of a message that holds a given byte. Positions must be asked
 * for in ascending order; all asking together costs no more than one walk over the message.
 */
export class WireLeaves {
  start = 0;
  end = 0;
  private readonly open: OpenMessage[] = [];

  /** Without a type, all the bytes are one text. */
  constructor(
    private readonly buffer: Buffer,
    type: WireMessage | undefined,
  ) {
    if (type) this.open.push({ type, position: 0, end: buffer.length });
    else this.end = buffer.length;
  }

  /** Sets `start` and `end` to the field around the byte; false where it is not in one. */
  locate(at: number): boolean {
    if (at >= this.start && at < this.end) return true;
    for (let message = this.open.at(-1); message; message = this.open.at(-1)) {
      if (message.end > at) {
        const found = this.step(message, at);
        if (found !== 'deeper') return found === 'leaf';
      } else this.open.pop();
    }
    return false;
  }

  private step(message: OpenMessage, at: number): 'leaf' | 'deeper' | 'none' {
    const reader = new WireReader(this.buffer, message.position, message.end);
    while (reader.next()) {
      reader.skip();
      if (reader.position > at) break;
      message.position = reader.position;
    }
    if (reader.failed || (reader.tag & 7) !== 2 || at < reader.start) return 'none';
    message.position = reader.position;
    const { start, end } = reader;
    const type = message.type.nested(reader.tag >>> 3);
    if (type) {
      this.open.push({ type, position: start, end });
      return 'deeper';
    }
    this.start = start;
    this.end = end;
    return 'leaf';
  }
}

interface OpenMessage {
  readonly type: WireMessage;
  /** Where the first field begins that has not been passed. */
  position: number;
  readonly end: number;
}
