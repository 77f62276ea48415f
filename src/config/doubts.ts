import type { Provider } from '../providers/provider.ts';
import { listOpenUrls } from '../rest/network-settings.ts';
import { restSettings } from '../rest/settings.ts';
import type { FileSettings } from './settings.ts';

/** What was read of a file. */
interface ReadFile extends Pick<FileSettings, 'credentials'> {
  readonly sources: readonly {
    readonly name: string;
    readonly provider: Provider;
    readonly settings: unknown;
  }[];
}

/** What is allowed, and seldom what somebody wants: a sentence for each. */
export function findDoubts({ credentials, sources }: ReadFile): string[] {
  const places = [
    ...Object.entries(credentials).map(([name, settings]) => ({ place: `credentials.${name}`, settings })),
    ...sources.map(({ name, settings }) => ({ place: `sources.${name}`, settings })),
  ];
  return [
    ...places.flatMap(({ place, settings }) =>
      listOpenUrls(settings).map(
        ({ path, url }) =>
          `${place}.${path.join('.')} is plain http: credentials and customers go to ${new URL(url).host} unencrypted.`,
      ),
    ),
    ...findUnused({ credentials, sources }),
    ...findTwins(sources),
  ];
}

function findUnused({ credentials, sources }: ReadFile): string[] {
  const used = new Set(
    sources.map(({ provider, settings }) => provider.settings.parse(settings).auth).map(credentialOf),
  );
  return Object.keys(credentials)
    .filter((name) => !used.has(name))
    .map((name) => `credentials.${name} is used by no source.`);
}

function credentialOf(auth: { readonly type: string; readonly credential?: string }): string | undefined {
  return auth.type === 'shared' ? auth.credential : undefined;
}

/** What does not decide which customers a source has. */
const tuning: ReadonlySet<string> = new Set(Object.keys(restSettings.omit({ auth: true }).shape));

/** Sources that are the same but for their names: each of their customers is there twice. */
function findTwins(sources: ReadFile['sources']): string[] {
  const first = new Map<string, string>();
  return sources.flatMap(({ name, provider, settings }) => {
    const parsed = provider.settings.parse(settings);
    const identity = JSON.stringify([
      provider.name,
      new URL(parsed.baseUrl).href.replace(/\/+$/, ''),
      Object.entries(parsed).filter(([key]) => !tuning.has(key)),
    ]);
    const twin = first.get(identity);
    first.set(identity, twin ?? name);
    return twin === undefined
      ? []
      : [`sources.${twin} and sources.${name} have the same customers: each is listed twice.`];
  });
}
