import type { AgentsRecorder } from './agents';
import type { AgentsProcessor, AgentsProvider } from './agentsTypes';
import { cover } from './cover';

/** Keeps our processor first among those of every trace provider of `@openai/agents`. */

export interface AgentsProviderOptions {
  readonly processor: AgentsRecorder;
  /** True where no other processor may see a span, the SDK's uploader included. */
  readonly localOnly: boolean;
  readonly onDisabled: () => void;
}

export class AgentsProviders {
  readonly providers = new Set<AgentsProvider>();
  private readonly covered = new WeakSet<object>();
  private readonly attached = new WeakSet<object>();

  constructor(private readonly options: AgentsProviderOptions) {}

  /** Takes a provider, or the class of providers that are to come. */
  watch(subject: unknown): void {
    const isClass = typeof subject === 'function';
    const prototype = (
      isClass ? (subject as { prototype: unknown }).prototype : Object.getPrototypeOf(subject)
    ) as Record<string, unknown>;
    this.cover(prototype);
    if (!isClass) this.attach(subject as AgentsProvider);
  }

  private cover(prototype: Record<string, unknown>): void {
    if (this.covered.has(prototype)) return;
    this.covered.add(prototype);
    const { processor, localOnly, onDisabled } = this.options;
    const attach = (provider: AgentsProvider) => this.attach(provider);
    const isAttached = (provider: AgentsProvider) => this.attached.has(provider);
    const mark = (provider: AgentsProvider) => this.mark(provider);
    cover<AgentsProvider>(
      prototype,
      'setProcessors',
      (original) =>
        function (this: AgentsProvider, processors: unknown) {
          mark(this);
          const theirs = localOnly ? [] : (processors as AgentsProcessor[]);
          return original.call(this, [processor, ...theirs.filter((one) => one !== processor)]);
        },
    );
    cover<AgentsProvider>(
      prototype,
      'registerProcessor',
      (original) =>
        function (this: AgentsProvider, added: unknown) {
          if (!isAttached(this)) attach(this);
          return localOnly && added !== processor ? undefined : original.call(this, added);
        },
    );
    cover<AgentsProvider>(
      prototype,
      'createTrace',
      (original) =>
        function (this: AgentsProvider, ...args: unknown[]) {
          if (!isAttached(this)) attach(this);
          return original.apply(this, args);
        },
    );
    cover<AgentsProvider>(
      prototype,
      'setDisabled',
      (original) =>
        function (this: AgentsProvider, disabled: unknown) {
          if (disabled === true) onDisabled();
          return original.call(this, disabled);
        },
    );
  }

  private attach(provider: AgentsProvider): void {
    if (this.attached.has(provider)) return;
    this.mark(provider);
    provider.registerProcessor(this.options.processor);
  }

  private mark(provider: AgentsProvider): void {
    this.attached.add(provider);
    this.providers.add(provider);
  }
}
