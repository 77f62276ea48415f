import { useEffect } from 'react';

/** Looks again so long after the last answer: a change is seen within two seconds. */
const pauseMs = 1_000;

/**
 * Does something again and again, one after the other, while the component is shown and the page can be seen.
 *
 * @param look to be the same function as long as it does the same
 */
export function usePolling(look: () => Promise<void>): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const poll = async () => {
      if (document.visibilityState === 'visible') await look();
      if (!isOver) timer = setTimeout(() => void poll(), pauseMs);
    };
    void poll();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [look]);
}
