package org.dpo4j.torch.internal.tokenizer;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * Loads and uses damaged tokenizer files: {@code directory seed rounds}. Every round has to end in
 * success or in a message that names the directory. The round's file stays where it is, so after a
 * crash the directory holds what caused it.
 */
final class TokenizerFuzz {

  private static final List<String> TEXTS =
      List.of(
          "Hello the world, and  more\n", "naïve 日本語 ﷺ <|im_end|> \0 012", "aaaa" + " ".repeat(50));

  /** A map of 'a' to "bcd". */
  private static final String CHARSMAP = charsmap();

  /** By field and list within a sequence, with parameters that published files do not have. */
  private static final ImmutableListMultimap<String, String> COMPONENTS =
      ImmutableListMultimap.<String, String>builder()
          .putAll(
              "normalizer normalizers",
              "{'type':'Strip','strip_left':true,'strip_right':true}",
              "{'type':'Replace','pattern':{'String':'a'},'content':'aaaaaaaa'}",
              "{'type':'Replace','pattern':{'Regex':'a+'},'content':'xy'}",
              "{'type':'Replace','pattern':{'Regex':'a*'},'content':'xy'}",
              "{'type':'Replace','pattern':{'Regex':'\\\\s|l+'},'content':''}",
              "{'type':'Replace','pattern':{'String':' '},'content':'▁'}",
              "{'type':'Prepend','prepend':''}",
              "{'type':'Prepend','prepend':'▁▁'}",
              "{'type':'NFKC'}",
              "{'type':'NFD'}",
              "{'type':'NFC'}",
              "{'type':'StripAccents'}",
              "{'type':'Lowercase'}",
              "{'type':'Nmt'}",
              "{'type':'ByteLevel'}",
              "{'type':'Precompiled','precompiled_charsmap':'CHARSMAP'}",
              "{'type':'Precompiled','precompiled_charsmap':''}",
              "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,'strip_accents':null,'lowercase':true}")
          .putAll(
              "pre_tokenizer pretokenizers",
              "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true,'use_regex':false}",
              "{'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}",
              "{'type':'Metaspace','replacement':'','prepend_scheme':'never','split':false}",
              "{'type':'FixedLength','length':0}",
              "{'type':'FixedLength','length':2}",
              "{'type':'Split','pattern':{'Regex':'\\\\s*x?'},'behavior':'MergedWithNext','invert':true}",
              "{'type':'Split','pattern':{'String':' '},'behavior':'Contiguous','invert':false}",
              "{'type':'Split','pattern':{'Regex':''},'behavior':'Isolated','invert':false}",
              "{'type':'Split','pattern':{'Regex':'^|$|\\\\b'},'behavior':'Removed','invert':false}",
              "{'type':'Split','pattern':{'Regex':'(?=l)|(?<!x)'},'behavior':'MergedWithPrevious','invert':false}",
              "{'type':'Split','pattern':{'Regex':'(a+)+$'},'behavior':'Isolated','invert':false}",
              "{'type':'CharDelimiterSplit','delimiter':'a'}",
              "{'type':'Digits','individual_digits':true}",
              "{'type':'Punctuation','behavior':'Removed'}",
              "{'type':'UnicodeScripts'}",
              "{'type':'Whitespace'}",
              "{'type':'WhitespaceSplit'}",
              "{'type':'BertPreTokenizer'}")
          .putAll(
              "decoder decoders",
              "{'type':'Strip','content':' ','start':3,'stop':0}",
              "{'type':'Strip','content':' ','start':0,'stop':9}",
              "{'type':'Replace','pattern':{'String':'a'},'content':'bb'}",
              "{'type':'Replace','pattern':{'Regex':'[a-z]{2}'},'content':''}",
              "{'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}",
              "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true,'use_regex':true}",
              "{'type':'BPEDecoder','suffix':''}",
              "{'type':'WordPiece','prefix':'','cleanup':true}",
              "{'type':'CTC','pad_token':'','word_delimiter_token':'','cleanup':true}",
              "{'type':'Fuse'}",
              "{'type':'ByteFallback'}")
          .putAll(
              "post_processor processors",
              "{'type':'ByteLevel','trim_offsets':true}",
              "{'type':'BertProcessing','sep':['a',1],'cls':['b',2]}",
              "{'type':'RobertaProcessing','sep':['a',2],'cls':['b',1],'trim_offsets':true,'add_prefix_space':true}",
              "{'type':'TemplateProcessing','single':[{'Sequence':{'id':'A','type_id':0}},{'SpecialToken':{'id':'x','type_id':0}}],'pair':[],'special_tokens':{'x':{'id':'x','ids':[2],'tokens':['x']}}}")
          .build();

  private static final List<String> MODELS =
      List.of(
          "{'type':'Unigram','unk_id':0,'vocab':[['<unk>',0],['a',-1],['▁',-2.5],['日',-3e300],['aa',0.0]]}",
          "{'type':'Unigram','unk_id':1,'vocab':[['<0x41>',-1e308],['é',1e308]],'byte_fallback':true}",
          "{'type':'WordPiece','unk_token':'u','continuing_subword_prefix':'日','max_input_chars_per_word':3,'vocab':{'u':0,'a':1,'日a':5,'e':2}}",
          "{'type':'WordLevel','unk_token':'u','vocab':{'u':7,'Hello':0}}",
          "{'type':'BPE','vocab':{'':0,'a':1,'aa':2,'aaaa':3},'merges':[['a','a'],['aa','aa'],['','a']],'byte_fallback':true}",
          "{'type':'BPE','vocab':{'a':1,'éa':2,'aa':3,'u':0},'merges':['a éa'],'continuing_subword_prefix':'é','end_of_word_suffix':'a','unk_token':'u','fuse_unk':true}");

  private static final List<String> SCALARS =
      List.of(
          "null",
          "true",
          "0",
          "1",
          "-1",
          "379",
          "380",
          "2147483647",
          "4294967295",
          "4294967296",
          "1e400",
          "-1e400",
          "0.5",
          "1e-400",
          "''",
          "'a'",
          "'\\u0000'",
          "'\\ud800'",
          "'日本語'",
          "[]",
          "{}",
          "[[]]",
          "{'type':'BPE'}",
          "{'a':1}");

  private final Random random;
  private final Path directory;
  private final String tokenizer;
  private final String config;

  private TokenizerFuzz(Path directory, long seed) {
    this.random = new Random(seed);
    this.directory = directory;
    Path model = ModelCopy.original("llama");
    this.tokenizer = ModelCopy.json(model.resolve("tokenizer.json")).toString();
    this.config = ModelCopy.json(model.resolve("tokenizer_config.json")).toString();
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    TokenizerFuzz fuzz = new TokenizerFuzz(directory, Long.parseLong(arguments[1]));
    int rounds = Integer.parseInt(arguments[2]);
    int good = 0;
    for (int round = 0; round < rounds; round++) {
      good += fuzz.round() ? 1 : 0;
    }
    System.out.println("worked " + good + " of " + rounds);
  }

  private boolean round() throws IOException {
    boolean inConfig = random.nextInt(8) == 0;
    write("tokenizer.json", inConfig ? tokenizer : damaged(tokenizer));
    write("tokenizer_config.json", inConfig ? damaged(config) : config);
    try (ModelTokenizer loaded = ModelTokenizer.load(directory)) {
      for (String text : TEXTS) {
        ImmutableIntArray ids = loaded.encode(text);
        String unused = loaded.decode(ids);
      }
      return true;
    } catch (IllegalArgumentException e) {
      if (!String.valueOf(e.getMessage()).contains(directory.toString())) {
        throw e;
      }
      return false;
    }
  }

  private String damaged(String json) {
    if (random.nextInt(4) == 0) {
      return damagedText(json);
    }
    JsonObject root = JsonParser.parseString(json).getAsJsonObject();
    if (random.nextInt(3) == 0) {
      root.add("model", oneOf(MODELS));
      root.add("added_tokens", new JsonArray());
    }
    for (int change = random.nextInt(2); change >= 0; change--) {
      if (random.nextInt(4) > 0) {
        addComponent(root);
      } else {
        replaceSomething(root);
      }
    }
    return root.toString();
  }

  private void addComponent(JsonObject root) {
    List<String> kinds = List.copyOf(new TreeSet<>(COMPONENTS.keySet()));
    String kind = kinds.get(random.nextInt(kinds.size()));
    List<String> names = List.of(kind.split(" ", -1));
    List<String> components = COMPONENTS.get(kind);
    if (random.nextInt(3) > 0) {
      root.add(names.get(0), oneOf(components));
      return;
    }
    JsonArray steps = new JsonArray();
    for (int i = random.nextInt(3); i >= 0; i--) {
      steps.add(oneOf(components));
    }
    JsonObject sequence = new JsonObject();
    sequence.addProperty("type", "Sequence");
    sequence.add(names.get(1), steps);
    root.add(names.get(0), sequence);
  }

  /** Walks down at random and puts something else where it stops. */
  private void replaceSomething(JsonObject root) {
    JsonElement at = root;
    while (true) {
      List<JsonElement> below = new ArrayList<>();
      if (at instanceof JsonObject object && !object.isEmpty()) {
        List<String> keys = List.copyOf(object.keySet());
        String key = keys.get(random.nextInt(keys.size()));
        if (random.nextInt(4) == 0 || !isContainer(object.get(key))) {
          object.add(random.nextInt(6) == 0 ? key + "x" : key, scalar());
          return;
        }
        below.add(object.get(key));
      } else if (at instanceof JsonArray array && !array.isEmpty()) {
        int index = random.nextInt(array.size());
        if (random.nextInt(4) == 0 || !isContainer(array.get(index))) {
          array.set(index, scalar());
          return;
        }
        below.add(array.get(index));
      } else {
        return;
      }
      at = below.get(0);
    }
  }

  private static boolean isContainer(JsonElement element) {
    return element.isJsonArray() || element.isJsonObject();
  }

  private JsonElement scalar() {
    return random.nextInt(10) == 0
        ? new JsonPrimitive("x".repeat(random.nextInt(5000)))
        : oneOf(SCALARS);
  }

  private JsonElement oneOf(List<String> values) {
    JsonElement value =
        JsonParser.parseString(
            values
                .get(random.nextInt(values.size()))
                .replace('\'', '"')
                .replace("CHARSMAP", CHARSMAP));
    return value == null ? JsonNull.INSTANCE : value;
  }

  private String damagedText(String json) {
    StringBuilder text = new StringBuilder(json);
    for (int change = random.nextInt(4); change >= 0; change--) {
      int at = text.length() < 2 ? 0 : random.nextInt(text.length() - 1);
      switch (random.nextInt(4)) {
        case 0 -> text.setLength(Math.max(at, 1));
        case 1 -> text.deleteCharAt(at);
        case 2 -> text.setCharAt(at, (char) random.nextInt(256));
        default -> text.insert(at, "{}[]\",:0e\\".charAt(random.nextInt(10)));
      }
    }
    return text.toString();
  }

  /** A double array of 'a' with one leaf, and its text. */
  private static String charsmap() {
    int[] units = new int[512];
    units[0] = 256 << 10;
    units[256 ^ 'a'] = 'a' | 1 << 8 | (256 ^ 'a') << 10;
    ByteBuffer bytes = ByteBuffer.allocate(4 + 2048 + 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(2048);
    Arrays.stream(units).forEach(bytes::putInt);
    bytes.put("bcd\0".getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private void write(String file, String text) throws IOException {
    Files.write(directory.resolve(file), text.getBytes(StandardCharsets.UTF_8));
  }
}
