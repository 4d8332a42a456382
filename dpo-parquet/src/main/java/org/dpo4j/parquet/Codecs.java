package org.dpo4j.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Parquet's own decompressors, and gzip's, which it would take from Hadoop. */
final class Codecs implements CompressionCodecFactory {

  private final CodecFactory own = new CodecFactory(new PlainParquetConfiguration(), 0);

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
    return switch (name) {
      case GZIP -> new Gunzip();
      case UNCOMPRESSED, SNAPPY, ZSTD, LZ4_RAW -> own.getDecompressor(name);
      default ->
          throw new IllegalArgumentException(
              "it is compressed by "
                  + name
                  + "; write it with Snappy, Zstandard, gzip, raw LZ4 or not compressed");
    };
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName name) {
    throw new UnsupportedOperationException("nothing is written");
  }

  @Override
  public void release() {
    own.release();
  }

  /** Takes pages apart that are gzip. */
  private static final class Gunzip implements BytesInputDecompressor {

    @Override
    public BytesInput decompress(BytesInput bytes, int uncompressedSize) throws IOException {
      return BytesInput.from(gunzip(bytes.toInputStream().readAllBytes(), uncompressedSize));
    }

    @Override
    public void decompress(
        ByteBuffer input, int compressedSize, ByteBuffer output, int uncompressedSize)
        throws IOException {
      byte[] bytes = new byte[compressedSize];
      input.get(bytes);
      output.put(gunzip(bytes, uncompressedSize));
    }

    private static byte[] gunzip(byte[] bytes, int size) throws IOException {
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        byte[] plain = in.readNBytes(size);
        if (plain.length < size || in.read() >= 0) {
          throw new IllegalArgumentException("a page is not as long as it says");
        }
        return plain;
      }
    }

    @Override
    public void release() {}
  }
}
