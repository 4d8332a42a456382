package org.dpo4j.torch.internal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused in a {@code tokenizer.json}, and in which words. */
final class TokenizerCheckTest {

  private static final Path FILE = Path.of("tokenizer.json");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "version ; '2.0' ; version must be 1.0",
        "model.type ; 'Neural' ; model.type must be one of BPE, Unigram, WordPiece, WordLevel",
        "model.dropout ; 0.1 ; model.dropout must be null: with it the same text gives other ids each"
            + " time",
        "model.vocab.a ; -1 ; model.vocab.a must be a whole number in [0..16000000]",
        "model.vocab.a ; 1.5 ; model.vocab.a must be a whole number in [0..16000000]",
        "model.vocab.a ; '3' ; model.vocab.a must be a whole number in [0..16000000]",
        "model.vocab.a ; 3 ; model.vocab.a must be an id of its own",
        "model.unk_token ; 'nope' ; model.unk_token must be a token of the vocabulary",
        "model.merges.0 ; ['a'] ; model.merges[0] must be two tokens, as a list or with one space"
            + " between",
        "model.merges.0 ; 'a b c' ; model.merges[0] must be two tokens, as a list or with one space"
            + " between",
        "model.merges.0 ; ['a','zzz'] ; model.merges[0] must be of tokens of the vocabulary",
        "model.merges.0 ; ['z','z'] ; model.merges[0] must have its result in the vocabulary",
        "added_tokens.0.id ; 7 ; added_tokens[0].id must be 0, the id that '<|endoftext|>' gets",
        "added_tokens.0.content ; '' ; added_tokens[0].content must have 1 to 1024 characters",
        "added_tokens.0.content ; 5 ; added_tokens[0].content must be a string",
        "truncation ; {'max_length':4,'stride':4,'strategy':'LongestFirst'} ; truncation.stride must be"
            + " less than max_length, 4",
        "padding ; 3 ; padding must be an object",
        "model ; {'type':'WordPiece','vocab':{'a':0},'unk_token':'a','max_input_chars_per_word':1001} ;"
            + " model.max_input_chars_per_word must be a whole number in [1..1000]",
        "model.vocab.a ; '\u009b2J' ; model.vocab.a must be a whole number in [0..16000000]",
        "normalizer ; {'type':'Lower'} ; normalizer.type must be one of BertNormalizer, Lowercase,"
            + " Strip, StripAccents, NFC, NFD, NFKC, NFKD, Nmt, ByteLevel, Prepend, Replace,"
            + " Precompiled, Sequence",
        "normalizer ; {'type':'Precompiled','precompiled_charsmap':'!'} ;"
            + " normalizer.precompiled_charsmap must be base64",
        "normalizer ; {'type':'Precompiled','precompiled_charsmap':'AAA='} ;"
            + " normalizer.precompiled_charsmap must begin with the size of its trie",
        "normalizer ; {'type':'Precompiled','precompiled_charsmap':'/////w=='} ;"
            + " normalizer.precompiled_charsmap must hold a trie of the size it says, 4294967295"
            + " bytes",
        "normalizer ; {'type':'Precompiled','precompiled_charsmap':'BAAAAP///38='} ;"
            + " normalizer.precompiled_charsmap must have a trie that stays within its size",
        "normalizer ; {'type':'Replace','pattern':{'String':''},'content':'a'} ;"
            + " normalizer.pattern.String must not be empty",
        "normalizer ; {'type':'Replace','pattern':{'Regex':'a*|^'},'content':'a'} ; normalizer must not"
            + " replace nothing, which the library cannot",
        "normalizer ; {'type':'Prepend','prepend':''} ; normalizer.prepend must not be empty",
        "decoder ; {'type':'Fuse','x':[1e999]} ; decoder.x[0] must be a finite number",
        "pre_tokenizer ; {'type':'FixedLength','length':0} ; pre_tokenizer.length must be a whole number"
            + " in [1..2147483647]",
        "pre_tokenizer ; {'type':'Sequence','pretokenizers':[{'type':'ByteLevel'},{'type':'ByteLevel'}]} ;"
            + " pre_tokenizer must have ByteLevel or Metaspace at most once",
        "decoder ; {'type':'Strip','content':' ','start':0,'stop':1} ; decoder.stop must be a whole"
            + " number in [0..0]",
        "post_processor ; {'type':'Other'} ; post_processor.type must be one of ByteLevel,"
            + " TemplateProcessing, BertProcessing, RobertaProcessing, Sequence",
        "post_processor ; {'type':'TemplateProcessing','single':[{'Sequence':{'id':'B'}}]} ;"
            + " post_processor.single[0].Sequence.id must be A, and there once",
        "post_processor ; {'type':'TemplateProcessing','single':[]} ; post_processor.single must hold the"
            + " Sequence A",
        "post_processor ; {'type':'RobertaProcessing','cls':['<s>',999],'sep':['</s>',2]} ;"
            + " post_processor.cls[1] must be an id of the vocabulary",
      })
  void value_thatBreaksARule_isRefused(String path, String value, String message) {
    assertThatThrownBy(() -> check(path, value.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tokenizer.json: " + message + ", got ");
  }

  @Test
  void missingModel_isRefused() {
    assertThatThrownBy(() -> TokenizerCheck.of(FILE, new JsonObject()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tokenizer.json: model must be there");
  }

  @Test
  void rightTokenWithoutTheSubwordPrefix_isRefused() {
    assertThatThrownBy(() -> check("model.continuing_subword_prefix", "\"abcdef\""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "tokenizer.json: model.merges[0] must have a right token that begins with 'abcdef', got"
                + " [\"Ġ\",\"t\"]");
  }

  @Test
  void normalizersThatMultiply_areRefused() {
    String doubling = "{'type':'Replace','pattern':{'String':'a'},'content':'aa'}";
    String ten = String.join(",", Collections.nCopies(10, doubling)).replace('\'', '"');

    assertThatThrownBy(
            () -> check("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[" + ten + "]}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "tokenizer.json: normalizer must not be able to make a text more than 1000 times as long");
  }

  @Test
  void longUnigramToken_isRefused() {
    assertThatThrownBy(
            () ->
                check(
                    "model",
                    "{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"%s\",-1]]}"
                        .formatted("a".repeat(1025))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "tokenizer.json: model.vocab[1][0] must be of a token of at most 1024 bytes, got ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "(a|b)*c",
        "a*a*b",
        "(?:a+b)*",
        "a{0,2000}b{0,2000}c{0,2000}d",
        "x(?:a*b*c)?",
        "(a)\\1",
        "(?<n>a)\\k<n>",
        "\\g<0>",
        "a{2}{3}",
        "(?i)a|b",
        "(?x) a # b",
        "(?>a*)b",
        "[]a]",
        "[a",
        "(a",
        "a)",
        "*a",
        "a\\",
        "\\p{L",
        "((((((((((((((((((a))))))))))))))))))"
      })
  void regexThatMayBeTooMuch_isRefused(String regex) {
    assertThatThrownBy(() -> checkRegex(regex))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tokenizer.json: pre_tokenizer.pattern.Regex must ");
  }

  /** GPT-4's, GPT-4o's, Llama 3's, Qwen 2's, DeepSeek's, Bloom's and others'. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|"
            + " ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "\\s?[A-Za-zµÀ-ÖØ-öø-ƺ]+",
        "\\s+$",
        "[一-龥぀-ゟ゠-ヿ]+",
        " ?[^(\\s|[.,!?…。，、।۔،])]+",
        "[0-9][0-9][0-9]",
        "(?=(\\d{3})+(?!\\d))",
        " {2,}",
        "[[:alpha:]&&[^\\p{Han}]]+|(?<=a)b"
      })
  void regexOfPublishedTokenizers_isAccepted(String regex) {
    assertThatCode(() -> checkRegex(regex)).doesNotThrowAnyException();
  }

  private static void checkRegex(String regex) {
    JsonObject pattern = new JsonObject();
    pattern.addProperty("Regex", regex);
    JsonObject split = new JsonObject();
    split.addProperty("type", "Split");
    split.add("pattern", pattern);
    check("pre_tokenizer", split.toString());
  }

  private static void check(String path, String value) {
    JsonObject json = ModelCopy.json(ModelCopy.original("llama").resolve("tokenizer.json"));
    ModelCopy.set(json, path, JsonParser.parseString(value));
    TokenizerCheck.of(FILE, json);
  }

  @Test
  void longWordsOfWordPiece_makeTextsShorter() {
    JsonObject model =
        JsonParser.parseString(
                "{'type':'WordPiece','vocab':{'a':0},'unk_token':'a'}".replace('\'', '"'))
            .getAsJsonObject();

    assertThat(ModelCheck.slowness(Place.of(FILE, model))).isEqualTo(1);
    model.addProperty("max_input_chars_per_word", 100);
    assertThat(ModelCheck.slowness(Place.of(FILE, model))).isEqualTo(1);
    model.addProperty("max_input_chars_per_word", 1000);
    assertThat(ModelCheck.slowness(Place.of(FILE, model))).isEqualTo(100);
  }

  @Test
  void valueAndPlace_areShownEscaped() {
    JsonObject object = new JsonObject();
    object.addProperty("a\u001b[31m", "\u009b2J\u202eb");

    assertThatThrownBy(() -> Place.of(FILE, object).fields().get(0).whole(0, 1))
        .hasMessage(
            "tokenizer.json: a\\u001b[31m must be a whole number in [0..1], got"
                + " \"\\u009b2J\\u202eb\"");
  }
}
