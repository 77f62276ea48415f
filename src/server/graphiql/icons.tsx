import type { ReactNode, SVGProps } from 'react';

/** Drawn like GraphiQL's own: 16 by 16, strokes of the text's colour. */
function createIcon(title: string, content: ReactNode) {
  return function Icon(props: SVGProps<SVGSVGElement>) {
    const name = props['aria-hidden'] === 'true' ? {} : { role: 'img', 'aria-label': title };
    return (
      <svg
        viewBox="0 0 16 16"
        width="1em"
        height="1em"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        {...name}
        {...props}
      >
        {content}
      </svg>
    );
  };
}

export const ExamplesIcon = createIcon('examples icon', <path d="M2 3h3M2 8h3M2 13h3M8 3h6M8 8h6M8 13h6" />);

export const LinkIcon = createIcon(
  'link icon',
  <path d="M6.5 9.5l3-3M7.5 4.5l1.6-1.6a2.83 2.83 0 0 1 4 4l-1.6 1.6M8.5 11.5l-1.6 1.6a2.83 2.83 0 0 1-4-4l1.6-1.6" />,
);

export const SourcesIcon = createIcon(
  'sources icon',
  <path d="M2 4c0-1.1 2.7-2 6-2s6 .9 6 2-2.7 2-6 2-6-.9-6-2zv8c0 1.1 2.7 2 6 2s6-.9 6-2V4M2 8c0 1.1 2.7 2 6 2s6-.9 6-2" />,
);

export const SandboxIcon = createIcon(
  'sandbox icon',
  <path d="M6 2h4M7 2v4.5L2.8 13a.7.7 0 0 0 .6 1h9.2a.7.7 0 0 0 .6-1L9 6.5V2M5 10h6" />,
);
