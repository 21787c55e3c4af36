// A loss surface in three dimensions: height and colour are the logarithm of the loss. three.js is loaded with this file,
// when a surface is first asked for. Everything it takes from the graphics card is given back by `dispose`.

import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshLambertMaterial,
  PerspectiveCamera,
  Scene,
  WebGLRenderer,
} from "three";
import { colourAt, inks } from "./colour.ts";
import type { Field } from "./field.ts";
import { type LossScale, placeOn } from "./lossScale.ts";

export interface SurfaceView {
  show(field: Field, scale: LossScale, dark: boolean): void;
  /** Radians: around the upright axis, and up from the ground. */
  turn(around: number, up: number): void;
  resize(width: number, height: number): void;
  dispose(): void;
}

const reach = 2.7;
const rise = 0.7;

/** Throws a sentence where the browser has no WebGL. */
export function surfaceView(canvas: HTMLCanvasElement): SurfaceView {
  const renderer = rendererOn(canvas);
  const scene = new Scene();
  const camera = new PerspectiveCamera(38, 1, 0.1, 20);
  const light = new DirectionalLight(0xffffff, 1.6);
  light.position.set(1, 2, 1.5);
  scene.add(new AmbientLight(0xffffff, 1.9), light);
  const geometry = new BufferGeometry();
  const material = new MeshLambertMaterial({ vertexColors: true, side: DoubleSide });
  const mesh = new Mesh(geometry, material);
  // Its bounds would be those of the first, empty geometry.
  mesh.frustumCulled = false;
  const frameGeometry = boxEdges();
  const frameMaterial = new LineBasicMaterial();
  scene.add(mesh, new LineSegments(frameGeometry, frameMaterial));

  const draw = () => renderer.render(scene, camera);
  return {
    show(field, scale, dark) {
      fill(geometry, field, scale, dark);
      const { line, surface } = inks(dark);
      frameMaterial.color.set(dark ? inks(dark).quiet : line);
      renderer.setClearColor(new Color(surface));
      draw();
    },
    turn(around, up) {
      const flat = Math.cos(up) * reach;
      camera.position.set(Math.sin(around) * flat, Math.sin(up) * reach + rise / 2, Math.cos(around) * flat);
      camera.lookAt(0, rise / 2, 0);
      draw();
    },
    resize(width, height) {
      renderer.setPixelRatio(Math.min(2, window.devicePixelRatio || 1));
      renderer.setSize(width, height, false);
      camera.aspect = width / height;
      camera.updateProjectionMatrix();
      draw();
    },
    dispose() {
      geometry.dispose();
      material.dispose();
      frameGeometry.dispose();
      frameMaterial.dispose();
      renderer.dispose();
      renderer.forceContextLoss();
    },
  };
}

function rendererOn(canvas: HTMLCanvasElement): WebGLRenderer {
  // Asked for first: three.js would complain on the console where there is none.
  const context = canvas.getContext("webgl2", { antialias: true, preserveDrawingBuffer: true });
  if (!context) throw new Error("surface: this browser has no WebGL 2, expected it for three dimensions");
  return new WebGLRenderer({ canvas, context, antialias: true, preserveDrawingBuffer: true });
}

/** Rows go away from the viewer, columns to the right. */
function fill(
  geometry: BufferGeometry,
  { rows, columns, values }: Field,
  scale: LossScale,
  dark: boolean,
): void {
  const positions = new Float32Array(rows * columns * 3);
  const colours = new Float32Array(rows * columns * 3);
  const colour = new Color();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = i * columns + j;
      const place = placeOn(scale, values[at] as number);
      positions.set([j / (columns - 1) - 0.5, place * rise, 0.5 - i / (rows - 1)], 3 * at);
      colour.set(colourAt(place, dark)).toArray(colours, 3 * at);
    }
  }
  const faces: number[] = [];
  for (let i = 0; i + 1 < rows; i++) {
    for (let j = 0; j + 1 < columns; j++) {
      const a = i * columns + j;
      faces.push(a, a + 1, a + columns, a + 1, a + columns + 1, a + columns);
    }
  }
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  geometry.setAttribute("color", new BufferAttribute(colours, 3));
  geometry.setIndex(faces);
  geometry.computeVertexNormals();
}

/** The edges of the box that the surface lies in. */
function boxEdges(): BufferGeometry {
  const ends: number[] = [];
  for (const [x, z] of [
    [-0.5, -0.5],
    [0.5, -0.5],
    [0.5, 0.5],
    [-0.5, 0.5],
  ] as const) {
    ends.push(x, 0, z, x, rise, z, x, 0, z, -z, 0, x);
  }
  return new BufferGeometry().setAttribute("position", new BufferAttribute(new Float32Array(ends), 3));
}
