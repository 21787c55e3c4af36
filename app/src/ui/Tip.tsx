// A tooltip on whatever it wraps, of our own: every icon button has one, and a library's was a twelfth of the page's code before
// the first is seen. When it comes and goes: WAI-ARIA's tooltip pattern and WCAG 2.2, 1.4.13 (it can be dismissed by Escape, can be
// pointed at, and stays until it is left). Where it goes is beside.ts.

import {
  cloneElement,
  type FocusEvent,
  type HTMLAttributes,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { beside } from "./beside.ts";

/** Milliseconds before it comes under a pointer, and that it stays when the pointer is on its way to it. */
const SOON = 250;
const ON_THE_WAY = 120;
/** Who looked at one a moment ago sees the next at once. */
const MOMENT = 200;

let closedAt = Number.NEGATIVE_INFINITY;
let closeOther = () => {};

type Anchor = HTMLAttributes<HTMLElement>;

interface Props {
  readonly text: ReactNode;
  readonly children: ReactElement<Anchor>;
}

export function Tip({ text, children }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const id = useId();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The pointer is on it, and what that was to bring came, will come, or was sent away.
  const pointed = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);

  const after = (time: number, next: HTMLElement | null) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAnchor(next), time);
  };
  const now = (next: HTMLElement | null) => {
    clearTimeout(timer.current);
    setAnchor(next);
  };
  const own = children.props;
  const described = [own["aria-describedby"], anchor ? id : undefined].filter(Boolean).join(" ");
  return (
    <>
      {cloneElement(children, {
        ...(described && { "aria-describedby": described }),
        onPointerMove(event: PointerEvent<HTMLElement>) {
          own.onPointerMove?.(event);
          const { currentTarget, pointerType, buttons } = event;
          if (pointerType === "touch" || buttons > 0 || pointed.current) return;
          pointed.current = true;
          after(performance.now() - closedAt < MOMENT ? 0 : SOON, currentTarget);
        },
        onPointerLeave(event: PointerEvent<HTMLElement>) {
          own.onPointerLeave?.(event);
          pointed.current = false;
          after(ON_THE_WAY, null);
        },
        onPointerDown(event: PointerEvent<HTMLElement>) {
          own.onPointerDown?.(event);
          pointed.current = true;
          now(null);
        },
        onFocus(event: FocusEvent<HTMLElement>) {
          own.onFocus?.(event);
          if (event.currentTarget.matches(":focus-visible")) now(event.currentTarget);
        },
        onBlur(event: FocusEvent<HTMLElement>) {
          own.onBlur?.(event);
          now(null);
        },
      })}
      {anchor && (
        <Bubble
          id={id}
          anchor={anchor}
          onClose={() => now(null)}
          onPointed={(on) => after(on ? 0 : ON_THE_WAY, on ? anchor : null)}
        >
          {text}
        </Bubble>
      )}
    </>
  );
}

interface BubbleProps {
  readonly id: string;
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
  /** The pointer came to it, or left it. */
  readonly onPointed: (pointed: boolean) => void;
  readonly children: ReactNode;
}

function Bubble({ id, anchor, onClose, onPointed, children }: BubbleProps) {
  const bubble = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = bubble.current;
    if (!element) return;
    const { left, top } = beside(anchor.getBoundingClientRect(), element.getBoundingClientRect(), window);
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
  });
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    const close = () => latest.current();
    closeOther();
    closeOther = close;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      // The first Escape is the tip's own: a dialog behind it stays.
      event.stopPropagation();
      close();
    };
    const onScroll = ({ target }: Event) => {
      if (target instanceof Node && target.contains(anchor)) close();
    };
    window.addEventListener("keydown", onKey, true);
    window.addEventListener("scroll", onScroll, true);
    return () => {
      window.removeEventListener("keydown", onKey, true);
      window.removeEventListener("scroll", onScroll, true);
      if (closeOther === close) closeOther = () => {};
      closedAt = performance.now();
    };
  }, [anchor]);
  return createPortal(
    <div
      ref={bubble}
      role="tooltip"
      id={id}
      className="tip placed-tip"
      // It is outside whatever else is open, but pressing it is no wish to close that.
      onPointerDown={(event) => event.stopPropagation()}
      onPointerEnter={() => onPointed(true)}
      onPointerLeave={() => onPointed(false)}
    >
      {children}
    </div>,
    document.body,
  );
}
