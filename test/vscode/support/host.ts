import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as api from 'vscode';

type Vscode = typeof api;

/** What may cross to the extension host and back. */
export type Plain =
  | null
  | undefined
  | string
  | number
  | boolean
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** Calls functions inside the extension host, through the bridge extension. */
export class Host {
  private readonly file: string;
  private readonly secret: string;

  constructor(file: string, secret: string) {
    this.file = file;
    this.secret = secret;
  }

  /**
   * Runs a function in the extension host. Only its text travels: it may use `vscode`, its
   * parameters and what Node has, and nothing from around it.
   */
  async run<Result, Parameters extends readonly Plain[]>(
    call: (vscode: Vscode, ...parameters: Parameters) => Result | PromiseLike<Result>,
    ...parameters: Parameters
  ): Promise<Result> {
    const response = await fetch(await this.address(), {
      method: 'POST',
      headers: { authorization: this.secret },
      body: JSON.stringify({ source: call.toString(), parameters }),
    });
    const answer = (await response.json()) as { value: Result; error?: string };
    if (answer.error !== undefined) throw new Error(`In the extension host: ${answer.error}`);
    return answer.value;
  }

  /** Waits until the extension host of a window just opened or reloaded can be called. */
  async ready(): Promise<void> {
    await this.run((vscode) => vscode.version);
  }

  private async address(): Promise<string> {
    for (let i = 0; i < 600; i++) {
      const address = await readFile(this.file, 'utf8').catch(() => undefined);
      if (address !== undefined) return address;
      await sleep(100);
    }
    throw new Error('The bridge extension did not start within a minute.');
  }
}
