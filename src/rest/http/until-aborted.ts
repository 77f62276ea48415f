/**
 * What the task resolves to, or a rejection with the signal's reason as soon as that is aborted. The task itself
 * goes on; its own outcome is then dropped.
 */
export function untilAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopWaiting = () => reject(signal.reason);
    if (signal.aborted) stopWaiting();
    signal.addEventListener('abort', stopWaiting, { once: true });
    void task.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopWaiting));
  });
}
