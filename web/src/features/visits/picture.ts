/** A photo of a phone is several megabytes; so much of it tells what is to be seen, and gets through a weak network. */
const MOST_PIXELS = 1_600;
const QUALITY = 0.82;

export interface Picture {
  name: string;
  type: string;
  content: ArrayBuffer;
}

/** The photo as it is kept and sent: smaller, upright, without what the camera noted beside it. As it is where it cannot be read. */
export async function takenPicture(file: File): Promise<Picture> {
  const small = await smaller(file).catch(() => null);
  const name = file.name || "photo.jpg";
  if (!small || small.size >= file.size) return { name, type: file.type, content: await file.arrayBuffer() };
  return { name: name.replace(/\.[^.]*$/, ".jpg"), type: small.type, content: await small.arrayBuffer() };
}

async function smaller(file: File): Promise<Blob | null> {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, MOST_PIXELS / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
