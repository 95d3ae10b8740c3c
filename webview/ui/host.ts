import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/**
 * What shared parts of a page ask of the extension. Each resolves to whether it was done; why it
 * was not is told to the reader by the page.
 */
export interface PartHost {
  copy(text: string): Promise<boolean>;
  openText(title: string, language: string, text: string): Promise<boolean>;
  openLink(url: string): Promise<boolean>;
}

const nowhere: PartHost = {
  copy: async () => false,
  openText: async () => false,
  openLink: async () => false,
};

export const HostContext = createContext<PartHost>(nowhere);

export function useHost(): PartHost {
  return useContext(HostContext);
}
