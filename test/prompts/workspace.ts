import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PromptRegistry } from '../../src/prompts/registry';

/** A workspace folder of its own with a registry whose clock goes a second at each look. */
export class Workspace {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'glassbox-prompts-')));
  private seconds = 1_770_000_000;

  readonly registry = this.open('Ada');

  open(author: string | undefined): PromptRegistry {
    return new PromptRegistry({
      workspace: this.folder,
      author: async () => author,
      now: () => this.seconds++ * 1_000_000,
    });
  }

  path(name: string): string {
    return join(this.folder, '.glassbox', 'prompts', name);
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.folder, '.glassbox', 'prompts'), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Writes the working copy and saves it. */
  async save(name: string, text: string, note?: string) {
    this.write(`${name}.prompt`, text);
    return this.registry.save(name, note);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
