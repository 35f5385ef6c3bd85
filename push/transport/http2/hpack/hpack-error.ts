/** RFC 7541 2.3.3, 3.3, 5: a header block that cannot be decoded. A connection error of type COMPRESSION_ERROR. */
export class HpackError extends Error {}

/** More header data than we keep (RFC 9113 10.5.1). A connection error of type ENHANCE_YOUR_CALM. */
export class HeaderBomb extends Error {}
