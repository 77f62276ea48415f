import { createContext, useContext } from 'react';
import type { ApiError, Ask } from './api/ask.ts';
import type { Exchange } from './api/fetcher.ts';
import type { ListedSource } from './api/load-sources.ts';
import type { Samples } from './api/sample-customers.ts';
import type { Store } from './api/store.ts';
import type { PageSettings } from './page-settings.ts';

/** Where the parts stand one below the other, and a panel covers them: as in style.css. */
export const narrow = '(max-width: 700px)';

/** What the parts of the page share. */
export interface Explorer {
  readonly ask: Ask;
  readonly settings: PageSettings;
  /** Empty until they are known. */
  readonly sources: Store<readonly ListedSource[]>;
  /** Why the server does not let the caller in; undefined where it does. */
  readonly refusal: Store<ApiError | undefined>;
  /** What was answered last. */
  readonly exchanges: Store<Exchange | undefined>;
  /** Customers for the examples, once they were asked for. */
  readonly samples: Store<Promise<Samples> | undefined>;
}

export const ExplorerContext = createContext<Explorer | undefined>(undefined);

export function useExplorer(): Explorer {
  const explorer = useContext(ExplorerContext);
  if (explorer === undefined) throw new TypeError('There is no explorer around this component.');
  return explorer;
}

/** Names of the headers in which callers bring their credentials. */
export function callerHeaders({ auth }: PageSettings, sources: readonly ListedSource[]): string[] {
  return [
    ...(auth === 'jwt' ? ['authorization'] : []),
    ...sources.flatMap(({ credentialsHeader }) => credentialsHeader ?? []),
  ];
}
