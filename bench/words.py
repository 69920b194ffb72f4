"""What people of the market write, in Bengali, English and Banglish; put together by number, so that every run has the same rows."""

from collections.abc import Sequence

FIRST_NAMES = ("রুমানা", "Tanvir", "সুমাইয়া", "Nusrat", "ইমরান", "Farhana", "মেহেদী", "Sadia", "তাসনিম", "Rakib", "জান্নাত", "Shuvo", "অর্পিতা", "Mim")
LAST_NAMES = ("আক্তার", "Rahman", "হোসেন", "Das", "চৌধুরী", "Islam", "সরকার", "Haque", "বেগম", "Ahmed", "Roy")
SHOPS = (
    "নকশী ঘর",
    "Nokshi Ghor",
    "রঙধনু বুটিক",
    "Glow Cosmetics",
    "মায়ের রান্না",
    "Gadget Bari",
    "সুস্থ ক্লিনিক",
    "Sylhet Tea House",
    "শাড়ি মহল",
    "Dhaka Coaching",
    "ফ্ল্যাট বাজার",
    "Crispy Bites",
    "আলো জুয়েলার্স",
)
WANTED = (
    "শাড়ির বুটিকের ফেসবুক পেজ চালাতে হবে",
    "Run the page of a cosmetics shop",
    "ইনবক্সের উত্তর আর অর্ডার নেওয়া",
    "Boutique page er jonno moderator lagbe",
    "লাইভ হোস্ট আর রিলস",
    "Instagram content for home food",
    "ঈদ কালেকশনের পোস্ট ও ইনবক্স",
    "Gadget page, replies until midnight",
    "রেস্টুরেন্টের পেজ আর অফারের পোস্ট",
    "Clinic page in Bengali and English",
    "কোচিং সেন্টারের ভর্তি পোস্ট",
    "Real estate page, photos and reels",
)
WORK = (
    "প্রতি সপ্তাহে নতুন শাড়ি আসে; ছবি আমরা তুলি, লেখা আর পোস্ট আপনার।",
    "Customers ask the price and the colour by inbox until night.",
    "কাস্টমারকে আপু বলে ডাকতে হবে, ডেলিভারির তারিখ নিয়ে কথা দেওয়া যাবে না।",
    "Two lives a month, on Friday evenings.",
    "Post gula sondhay dite hobe, ar comment er uttor ek ghontar moddhe.",
    "মাসে অন্তত চারটি রিলস, গান কপিরাইট ছাড়া।",
    "We sell home-made food in Dhaka and deliver the same day.",
    "অর্ডার একটি শিটে লিখে রাখতে হবে, কুরিয়ার আমরা দিই।",
    "The guide with our colours and words is in the brand's page.",
    "ঢাকার বাইরে ডেলিভারি চার্জ আলাদা, সেটা আগে জানাতে হবে।",
)
HEADLINES = (
    "বুটিক আর কসমেটিকস পেজের ইনবক্স, রাত ১১টা পর্যন্ত",
    "I run boutique pages and answer until 11 at night",
    "রিলস আর লাইভে ছয় বছর",
    "Food pages: photos, posts, orders",
    "Page er shob kaj: post, inbox, live",
    "কনটেন্ট লেখা আর ডিজাইন, বাংলা ও ইংরেজিতে",
    "Boosts that bring messages, with receipts",
    "ক্লিনিক ও কোচিংয়ের পেজ সামলাই",
)
ABOUT = (
    "ছয় বছর ধরে শাড়ির পেজ চালাই। ছবি তুলি, লিখি, উত্তর দিই।",
    "I have run pages of three shops in Chattogram since 2019.",
    "অর্ডার নেওয়া থেকে কুরিয়ারের হিসাব পর্যন্ত সব লিখে রাখি।",
    "My Bengali is from Sylhet, my English from school; customers like both.",
    "রাত ১২টা পর্যন্ত ইনবক্সে থাকি, শুক্রবার বিকেল থেকে।",
    "I photograph with a phone and edit in the evening.",
)
REPLIES = (
    "জি আপু, একদম খাঁটি সুতি, ৮০ কাউন্ট। দাম ১,৬৫০ টাকা, ঢাকায় ডেলিভারি ৮০ টাকা।",
    "Yes, we have it in maroon and bottle green. Shall I keep one for you?",
    "Ji apu, kal bikel er moddhe peye jaben. Number ta diye din.",
    "ভাইয়া, এই মডেলটির এক বছরের ওয়ারেন্টি আছে।",
)
OFFERS = ("চলতি দোকান", "Running shop", "ইনবক্স প্যাকেজ", "Eid month", "রিলস ১২টি", "Launch of a page")
PIECES = ("ঈদ কালেকশন", "Winter sale", "লাইভের পোস্টার", "Menu of the week", "নতুন পেজের শুরু", "Before and after")


def mix(number: int, salt: int = 0) -> int:
    """Another number, so that what hangs on one property of a row says nothing about the next."""
    return (number + salt * 97) * 7919 % 104729


def pick(words: Sequence[str], number: int, salt: int = 0) -> str:
    """One of them."""
    return words[mix(number, salt) % len(words)]


def several(words: Sequence[str], number: int, count: int) -> str:
    """Some of them in a row."""
    return " ".join(pick(words, number * 31 + step * 17) for step in range(count))


def person_name(number: int) -> str:
    """A first and a last name, in either script."""
    return f"{pick(FIRST_NAMES, number)} {pick(LAST_NAMES, number // 3 + 1)}"
