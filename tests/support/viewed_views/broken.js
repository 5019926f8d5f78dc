throw new Error("no view today");
