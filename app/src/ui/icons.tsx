// The icons, drawn on a 16-px grid in the text's colour.

import type { ReactNode } from "react";

const Icon = ({ children }: { readonly children: ReactNode }) => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);

export const UndoIcon = () => (
  <Icon>
    <path d="M6 3 2.5 6.5 6 10" />
    <path d="M2.5 6.5H10a3.5 3.5 0 0 1 0 7H6.5" />
  </Icon>
);

export const RedoIcon = () => (
  <Icon>
    <path d="M10 3l3.5 3.5L10 10" />
    <path d="M13.5 6.5H6a3.5 3.5 0 0 0 0 7h3.5" />
  </Icon>
);

export const LockIcon = () => (
  <Icon>
    <rect x="3.5" y="7" width="9" height="6.5" rx="1.5" />
    <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M4 4l8 8M12 4l-8 8" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon>
    <path d="M4.5 6.5 8 10l3.5-3.5" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path d="M8 2.5v7.5M4.5 7 8 10.5 11.5 7M3 13.5h10" />
  </Icon>
);

export const OpenIcon = () => (
  <Icon>
    <path d="M8 10.5V3M4.5 6 8 2.5 11.5 6M3 13.5h10" />
  </Icon>
);

export const SunIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.75" />
    <path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
  </Icon>
);

export const MoonIcon = () => (
  <Icon>
    <path d="M13.5 9.5A5.75 5.75 0 0 1 6.5 2.5a5.75 5.75 0 1 0 7 7z" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon>
    <path d="M8 2 1.75 13.25h12.5z" />
    <path d="M8 6.5v3M8 11.5v.01" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="M3 8.5 6.5 12 13 4.5" />
  </Icon>
);

export const ArrowIcon = () => (
  <Icon>
    <path d="M2.5 8h10M9.5 5l3 3-3 3" />
  </Icon>
);

export const ExpandIcon = () => (
  <Icon>
    <path d="M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9" />
  </Icon>
);

export const ShrinkIcon = () => (
  <Icon>
    <path d="M13 7H9V3M9 7l4.5-4.5M3 9h4v4M7 9l-4.5 4.5" />
  </Icon>
);
