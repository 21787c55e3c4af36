// What is drawn in the place of a part of the page that failed: the sentence, and another try. The rest of the page goes on.

import { Component, type ReactNode } from "react";
import { Button } from "../ui/Button.tsx";

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
    return (
      <div className="failing" role="alert">
        <p>
          {this.props.what} could not be drawn: {error.message}
        </p>
        <Button size="small" onClick={() => this.setState({ error: null })}>
          Try again
        </Button>
      </div>
    );
  }
}
