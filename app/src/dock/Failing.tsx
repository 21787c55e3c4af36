// What is drawn in the place of a part of the page that failed: the sentence, and another try. The rest of the page goes on.

import { Component, type ReactNode } from "react";
import { isAbsent } from "../ui/late.ts";
import { PanelState } from "../ui/PanelState.tsx";

interface Props {
  /** What failed, as a person calls it. */
  readonly what: string;
  readonly children: ReactNode;
}

export class Failing extends Component<Props, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    if (isAbsent(error))
      return (
        <PanelState kind="failed" action={{ label: "Reload the page", act: () => window.location.reload() }}>
          {this.props.what} could not be loaded: the page may be older than what its server has by now, or the
          network is gone.
        </PanelState>
      );
    return (
      <PanelState kind="failed" action={{ label: "Try again", act: () => this.setState({ error: null }) }}>
        {this.props.what} could not be drawn: {error.message}
      </PanelState>
    );
  }
}
