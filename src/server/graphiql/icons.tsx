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
