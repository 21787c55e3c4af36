// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { MenuButton } from "./MenuButton.tsx";
import { Select } from "./Select.tsx";
import { Tip } from "./Tip.tsx";

beforeAll(async () => {
  // Read once: what is tested is not how fast.
  await import("./popups.tsx");
  // What jsdom does not have, and the library asks for.
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  Element.prototype.scrollIntoView = () => {};
  Element.prototype.hasPointerCapture = () => false;
});
afterEach(cleanup);

describe("a button with a menu", () => {
  const menu = (onSelect: () => void) => (
    <MenuButton align="start" button={<button type="button">Rows</button>}>
      {(Menu) => <Menu.Item onSelect={onSelect}>Group</Menu.Item>}
    </MenuButton>
  );

  it("says what it is before the menu is loaded, and opens it when pressed", async () => {
    const chosen = vi.fn();
    render(menu(chosen));
    const button = screen.getByRole("button", { name: "Rows" });
    expect(button.getAttribute("aria-haspopup")).toBe("menu");
    expect(button.getAttribute("aria-expanded")).toBe("false");
    fireEvent.click(button, { detail: 1 });
    fireEvent.click(await screen.findByRole("menuitem", { name: "Group" }));
    expect(chosen).toHaveBeenCalledOnce();
    expect(screen.queryByRole("menu")).toBeNull();
  });

  it("has the focus on its first choice where a key opened it", async () => {
    render(menu(() => {}));
    fireEvent.keyDown(screen.getByRole("button", { name: "Rows" }), { key: "ArrowDown" });
    const item = await screen.findByRole("menuitem", { name: "Group" });
    await vi.waitFor(() => expect(document.activeElement).toBe(item));
  });
});

it("a choice shows its value before its list is loaded, and changes it", async () => {
  const onChange = vi.fn();
  const options = [
    { value: "a", text: "Integer" },
    { value: "b", text: "Float" },
  ];
  render(<Select label="Format" value="a" options={options} onChange={onChange} />);
  const choice = screen.getByRole("combobox", { name: "Format" });
  expect(choice.textContent).toBe("Integer");
  fireEvent.click(choice, { detail: 1 });
  const option = await screen.findByRole("option", { name: "Float" });
  fireEvent.keyDown(option, { key: "Enter" });
  expect(onChange).toHaveBeenCalledWith("b");
});

describe("a tip", () => {
  const tip = (
    <Tip text="what it means">
      <button type="button">Word</button>
    </Tip>
  );

  it("comes under a pointer that rests, stays while that is on the tip, and goes with a press", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const wait = (time: number) => act(() => vi.advanceTimersByTime(time));
    try {
      render(tip);
      const button = screen.getByRole("button");
      fireEvent.pointerMove(button);
      wait(200);
      expect(screen.queryByRole("tooltip")).toBeNull();
      wait(100);
      const bubble = screen.getByRole("tooltip");
      fireEvent.pointerLeave(button);
      wait(50);
      fireEvent.pointerEnter(bubble);
      wait(1000);
      expect(screen.queryByRole("tooltip")).not.toBeNull();
      fireEvent.pointerLeave(bubble);
      wait(200);
      expect(screen.queryByRole("tooltip")).toBeNull();
      fireEvent.pointerMove(button);
      fireEvent.pointerDown(button);
      wait(1000);
      expect(screen.queryByRole("tooltip")).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it("comes with the focus, is what its button is described by, and goes at Escape", () => {
    render(tip);
    const button = screen.getByRole("button");
    // A browser's focus-visible, by whatever jsdom thinks of it.
    vi.spyOn(button, "matches").mockReturnValue(true);
    fireEvent.focus(button);
    const bubble = screen.getByRole("tooltip");
    expect(bubble.textContent).toBe("what it means");
    expect(button.getAttribute("aria-describedby")).toBe(bubble.id);
    const heard = vi.fn();
    document.addEventListener("keydown", heard);
    fireEvent.keyDown(button, { key: "Escape" });
    document.removeEventListener("keydown", heard);
    expect(screen.queryByRole("tooltip")).toBeNull();
    expect(heard).not.toHaveBeenCalled();
  });
});
