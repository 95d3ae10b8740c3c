import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/** What shared parts of a page ask of the extension; every page's host has these. */
export interface PartHost {
  copy(text: string): Promise<void>;
  openText(title: string, language: string, text: string): Promise<void>;
  openLink(url: string): Promise<void>;
}

const nowhere: PartHost = {
  copy: async () => undefined,
  openText: async () => undefined,
  openLink: async () => undefined,
};

export const HostContext = createContext<PartHost>(nowhere);

export function useHost(): PartHost {
  return useContext(HostContext);
}
