/** What an API answers at `/`, for people who look around with a browser. */
export function describeApi(title: string, endpoints: readonly string[]): Record<string, unknown> {
  return { title: `${title}, simulated`, notice: 'All customers and their data are invented.', endpoints };
}
