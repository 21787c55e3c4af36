// Asks for the address of a model and fetches it.

import { type FormEvent, useId, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { openAddress } from "./open.ts";

interface Props {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function AddressDialog({ open, onOpenChange }: Props) {
  const id = useId();
  const [address, setAddress] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (address.trim() === "") return;
    onOpenChange(false);
    void openAddress(address);
  };
  return (
    <Dialog title="Open an address" open={open} onOpenChange={onOpenChange}>
      <form className="address" onSubmit={submit}>
        <label htmlFor={id}>Address of an .onnx model, or of a zip with one</label>
        <input
          id={id}
          className="field"
          type="url"
          inputMode="url"
          placeholder="https://example.org/model.onnx"
          value={address}
          onChange={(event) => setAddress(event.target.value)}
        />
        <p className="quiet">
          The server must let other pages read it (CORS). The same works from a link: add <code>?model=</code>{" "}
          and the address to this page’s own.
        </p>
        <div className="address-row">
          <Button kind="primary" type="submit" disabled={address.trim() === ""}>
            Open
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
